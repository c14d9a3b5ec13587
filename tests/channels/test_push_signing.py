"""Push messages as RFC 8291 and RFC 8292 say: read by a library that is not ours, and signed for one push service."""

import json

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from pytest_django.fixtures import Settings

from perron.channels.web_push import encryption, identifying
from perron.core import clock
from perron.core.errors import Refused
from tests.channels.push_service import Browser, bytes_of, text

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def test_the_example_of_rfc_8291_comes_out_byte_by_byte() -> None:
    """Appendix A, and section 5."""
    key = ec.derive_private_key(int.from_bytes(bytes_of("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw")), ec.SECP256R1())
    body = encryption.encrypt(
        b"When I grow up, I want to be a watermelon",
        bytes_of("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"),
        bytes_of("BTBZMqHH6r4Tts7J_aSIgg"),
        key=key,
        salt=bytes_of("DGv6ra1nlYgDCS1FRnbzlw"),
    )
    assert text(body) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl"
        "7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


def test_another_library_reads_it_and_no_two_are_the_same() -> None:
    browser = Browser()
    longest = bytes(encryption.MOST)
    bodies = [encryption.encrypt(longest, browser.p256dh, browser.auth) for _ in range(2)]
    assert [browser.read(body) for body in bodies] == [longest, longest]
    # A new salt and a new key for each.
    assert bodies[0][:16] != bodies[1][:16]
    assert bodies[0][21:86] != bodies[1][21:86]
    assert len(bodies[0]) == 4096
    with pytest.raises(ValueError, match="at most"):
        encryption.encrypt(longest + b"x", browser.p256dh, browser.auth)
    with pytest.raises(ValueError, match="key"):
        encryption.encrypt(b"", b"\4" + bytes(64), browser.auth)


def test_who_sends_is_signed_for_one_push_service_and_half_a_day() -> None:
    said = identifying.authorization("https://push.example.net")
    token, key = said.removeprefix("vapid t=").split(", k=")
    assert key == identifying.public_key()
    signed, _dot, signature = token.rpartition(".")
    head, claims = (json.loads(bytes_of(part)) for part in signed.split("."))
    assert head == {"typ": "JWT", "alg": "ES256"}
    assert claims["aud"] == "https://push.example.net"
    assert claims["sub"].startswith("mailto:")
    assert 6 * 3600 < claims["exp"] - clock.now().timestamp() <= 12 * 3600
    r, s = bytes_of(signature)[:32], bytes_of(signature)[32:]
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), bytes_of(key))
    encoded = encode_dss_signature(int.from_bytes(r), int.from_bytes(s))
    public.verify(encoded, signed.encode(), ec.ECDSA(SHA256()))
    with pytest.raises(InvalidSignature):
        public.verify(encoded, signed.encode() + b"x", ec.ECDSA(SHA256()))
    assert identifying.authorization("https://push.example.net") is said
    assert identifying.authorization("https://push.example.org") != said


@pytest.mark.parametrize(
    ("operator", "origin", "contact"),
    [
        ("info@perron.example", "https://app.example.org", "mailto:info@perron.example"),
        ("root@localhost", "https://app.example.org", "https://app.example.org"),
        ("", "https://app.example.org:8443", "https://app.example.org:8443"),
    ],
)
def test_a_push_service_learns_whom_to_ask(
    operator: str, origin: str, contact: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    _operator(monkeypatch, operator)
    settings.PERRON_ORIGIN = origin
    assert identifying.contact() == contact


@pytest.mark.parametrize(
    "origin", ["http://localhost:8000", "https://localhost", "https://127.0.0.1", "http://a.example"]
)
def test_nobody_is_told_to_ask_localhost(origin: str, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    _operator(monkeypatch, "root@localhost")
    settings.PERRON_ORIGIN = origin
    with pytest.raises(Refused, match="whom to ask"):
        identifying.contact()


def _operator(monkeypatch: pytest.MonkeyPatch, email: str) -> None:
    class Named:
        operator = type("Operator", (), {"email": email})

    monkeypatch.setattr(identifying, "policy", Named)
