"""Signatures: as RFC 8463 has them, over what RFC 8058 wants, and broken by whoever touches it."""

import re
from base64 import b64decode
from hashlib import sha256
from pathlib import Path
from stat import S_IMODE

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key
from django.core.management import CommandError, call_command
from django.test import override_settings
from pytest_django.fixtures import Settings

from perron.channels.email import dkim_keys
from perron.channels.email.dkim import Key, relaxed_body, relaxed_header
from perron.channels.email.mailing import OWN_PLACE, Mailing
from perron.channels.email.signing import travelling
from tests.channels.test_mail import ANNE, mail

pytestmark = pytest.mark.once

# RFC 8463, appendix A: key, mail, and the signature that Ed25519, which uses no chance, must give.
SECRET = "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A="
BODY = b"Hi.\r\n\r\nWe lost the game.  Are you hungry yet?\r\n\r\nJoe.\r\n"
FIELDS = (
    b"from:Joe SixPack <joe@football.example.com>\r\n"
    b"to:Suzie Q <suzie@shopping.example.net>\r\n"
    b"subject:Is dinner ready?\r\n"
    b"date:Fri, 11 Jul 2003 21:00:37 -0700 (PDT)\r\n"
    b"message-id:<20030712040037.46341.5F8J@football.example.com>\r\n"
)
UNSIGNED = (
    b"DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;\r\n"
    b" d=football.example.com; i=@football.example.com;\r\n"
    b" q=dns/txt; s=brisbane; t=1528637909; h=from : to :\r\n"
    b" subject : date : message-id : from : subject : date;\r\n"
    b" bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n"
    b" b="
)
SIGNATURE = "/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11BusFa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw=="


@pytest.fixture(autouse=True)
def _home(settings: Settings, tmp_path: Path) -> None:
    settings.PERRON_HOME = tmp_path
    settings.PERRON_MAIL_FROM = "letters@example.org"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Return a file of keys that sign; an RSA key takes a while to make."""
    with override_settings(PERRON_HOME=tmp_path_factory.mktemp("keys")):
        dkim_keys.make("example.org")
        dkim_keys.start("example.org")
        return Path(dkim_keys._path()).read_bytes()


@pytest.fixture
def keys(made: bytes, tmp_path: Path) -> None:
    (tmp_path / "dkim_keys").write_bytes(made)


def verified(content: bytes) -> list[str]:
    """Return the algorithms of the signatures that hold, as a receiver works them out from the records alone."""
    records = dict(kept.record for kept in dkim_keys.kept_for("example.org"))
    head, _, body = content.partition(b"\r\n\r\n")
    lines = re.split(rb"\r\n(?![ \t])", head)
    held = []
    for line in lines:
        if not line.startswith(b"DKIM-Signature:"):
            continue
        text = re.sub(r"\s", "", line.decode().partition(":")[2])
        tags = dict(tag.split("=", 1) for tag in text.split(";"))
        if b64decode(tags["bh"]) != sha256(relaxed_body(body)).digest():
            continue
        left = [relaxed_header(other) for other in lines]
        words = b""
        for name in tags["h"].split(":"):
            found = [each for each in left if each.startswith(name.encode() + b":")]
            if found:
                left.remove(found[-1])
                words += found[-1] + b"\r\n"
        words += relaxed_header(re.sub(rb"\bb=[\s\S]*$", b"b=", line))
        record = records.get(f"{tags['s']}._domainkey.{tags['d']}.", "")
        if not record:
            continue
        public = b64decode(record.partition("p=")[2])
        try:
            if tags["a"] == "ed25519-sha256":
                Ed25519PublicKey.from_public_bytes(public).verify(b64decode(tags["b"]), sha256(words).digest())
            else:
                key = load_der_public_key(public)
                assert isinstance(key, RSAPublicKey)
                key.verify(b64decode(tags["b"]), words, PKCS1v15(), SHA256())
        except InvalidSignature:
            continue
        held.append(tags["a"])
    return held


def prepared() -> bytes:
    words = mail(
        list_id="liege.example.org", text=f"Un  deux\t\ntrois {OWN_PLACE}\n\n\n", html=f"<p>  {OWN_PLACE}</p>\n"
    )
    place = "https://example.org/p/liege/fr/subscription/" + "a=" * 60
    one = Mailing.of(words).to("anne@example.org", ANNE, message_id="<1@x.org>", own_place=place, unsubscribe=place)
    return travelling(one)


def test_it_signs_what_the_standard_signs() -> None:
    assert sha256(relaxed_body(BODY)).digest() == b64decode("2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=")
    key = Key("football.example.com", "brisbane", Ed25519PrivateKey.from_private_bytes(b64decode(SECRET)))
    assert key.signature(FIELDS + relaxed_header(UNSIGNED)) == b64decode(SIGNATURE)


@pytest.mark.parametrize(
    ("body", "relaxed"),
    [
        (b" C \r\nD \t E\r\n\r\n\r\n", b" C\r\nD E\r\n"),  # RFC 6376 §3.4.5
        (b"", b""),
        (b"\r\n", b""),
        (b"no end", b"no end\r\n"),
        (b"\r\n \t\r\n", b""),
    ],
)
def test_what_is_signed_of_a_body(body: bytes, relaxed: bytes) -> None:
    assert relaxed_body(body) == relaxed


@pytest.mark.usefixtures("keys")
def test_a_mail_built_once_is_signed_for_each_reader() -> None:
    assert verified(prepared()) == ["rsa-sha256", "ed25519-sha256"]


@pytest.mark.usefixtures("keys")
def test_a_letter_is_signed_too() -> None:
    assert verified(travelling(mail())) == ["rsa-sha256", "ed25519-sha256"]


@pytest.mark.parametrize(
    ("there", "instead"),
    [
        (b"Subject: ", b"Subject: x"),
        (b"List-Unsubscribe: <", b"List-Unsubscribe: <https://evil.example>, <"),
        (b"List-Unsubscribe-Post: List", b"X-Other: List"),
        (b"trois", b"quatre"),
        # A second one of what is there once, and one of what is not there at all.
        (b"To: ", b"Subject: Other\r\nTo: "),
        (b"To: ", b"Reply-To: evil@evil.example\r\nTo: "),
    ],
)
@pytest.mark.usefixtures("keys")
def test_whoever_touches_it_breaks_it(there: bytes, instead: bytes) -> None:
    content = prepared()
    assert content.count(b"\r\n" + there) >= 1 or there == b"trois"
    assert verified(content.replace(there, instead, 1)) == []


@pytest.mark.usefixtures("keys")
def test_what_comes_from_another_domain_is_not_signed() -> None:
    other = mail(sender=mail().sender.__class__("Other", "letters@other.example"))
    assert b"DKIM-Signature" not in travelling(other)


def test_new_keys_wait_until_their_records_are_there(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    call_command("dkim")
    said = capsys.readouterr().out
    assert said.count("._domainkey.example.org. IN TXT") == 2
    assert "perron dkim example.org --start" in said
    assert max(len(piece) for piece in re.findall(r'"([^"]*)"', said)) <= 255
    assert b"DKIM-Signature" not in travelling(mail())
    call_command("dkim", "--start")
    before = travelling(mail())
    assert verified(before)
    call_command("dkim", "example.org", "--renew")
    assert travelling(mail()).count(b"DKIM-Signature") == 2
    assert verified(travelling(mail())), "those before go on signing"
    call_command("dkim", "example.org", "--start")
    assert verified(before) == []
    assert verified(travelling(mail()))
    assert S_IMODE((tmp_path / "dkim_keys").stat().st_mode) == 0o600
    with pytest.raises(CommandError, match="No keys of"):
        call_command("dkim", "example.org", "--start")
    with pytest.raises(CommandError, match="no domain"):
        call_command("dkim", "not a domain")
