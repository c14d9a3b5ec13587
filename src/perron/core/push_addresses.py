"""What a browser gives out to be sent something: an address at its push service, and two keys (RFC 8030, RFC 8291)."""

import base64
import binascii
import re
from collections.abc import Collection
from dataclasses import dataclass
from ipaddress import ip_address

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from django.utils.translation import gettext as _

from perron.core.errors import Refused
from perron.core.fetching import is_public

LONGEST = 1000
_SECRET = 16
# Nothing in it could end a line of a request.
# Nothing but ASCII: without the flag, "ſ" and the sign of Kelvin are letters of it in another case.
_ADDRESS = re.compile(r"(https?)://([a-z0-9.-]{1,253})(?::([0-9]{1,5}))?(/[\x21-\x7e]*)", re.IGNORECASE | re.ASCII)
_USUAL = {"https": 443, "http": 80}
_BASE64 = re.compile(r"[A-Za-z0-9_-]+={0,2}")


@dataclass(frozen=True, slots=True)
class PushAddress:
    """Where a push service takes messages for one browser, cut up."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def origin(self) -> str:
        """The push service (RFC 6454 §6.2)."""
        return f"{self.scheme}://{self.authority}"

    @property
    def authority(self) -> str:
        """Host and, where it is not the usual one, port."""
        return self.host if self.port == _USUAL[self.scheme] else f"{self.host}:{self.port}"


def read_push_address(text: str) -> PushAddress | None:
    """Return an address cut up, None for what is none."""
    found = _ADDRESS.fullmatch(text) if len(text) <= LONGEST else None
    if found is None or not 0 < int(found[3] or 443) < 65536:
        return None
    scheme = found[1].lower()
    return PushAddress(scheme, found[2].lower(), int(found[3] or _USUAL[scheme]), found[4])


def push_address(text: str, *, allow: Collection[str] = ()) -> str:
    """Return the address as it stands. Raises `Refused` for what no push service on the internet would give out.

    What its name leads to is looked at when something is sent. With `allow`, networks of one's own machine for tests,
    plain http, other ports and numbers are possible too.
    """
    found = read_push_address(text)
    if found is None:
        raise Refused(_("This is not the address of a push service."))
    if not allow and (found.scheme != "https" or found.port != 443 or not _is_elsewhere(found.host)):
        raise Refused(_("A push service is reached by https, at a public address."))
    return text


def push_keys(p256dh: str, auth: str) -> tuple[bytes, bytes]:
    """Return a browser's public key, a point on P-256 in 65 bytes, and its secret of 16 bytes, from base64url.

    Raises `Refused` for anything else.
    """
    point, secret = _bytes(p256dh), _bytes(auth)
    if len(secret) != _SECRET:
        raise Refused(_("The secret of a push subscription has 16 bytes."))
    if len(point) != 65 or not _is_on_the_curve(point):
        raise Refused(_("The key of a push subscription is a point on the curve P-256, in 65 bytes."))
    return point, secret


def _is_on_the_curve(point: bytes) -> bool:
    try:
        EllipticCurvePublicKey.from_encoded_point(SECP256R1(), point)
    except ValueError:
        return False
    return True


def _is_elsewhere(host: str) -> bool:
    try:
        return is_public(ip_address(host))
    except ValueError:
        name = host.rstrip(".")
        # Also reads what old programs take for a number: "2130706433", "0x7f.1".
        is_number = bool(re.fullmatch(r"(0x[0-9a-f]*|[0-9]+)", name.rpartition(".")[2]))
        return "." in name and not is_number and not name.endswith((".localhost", ".local", ".internal"))


def _bytes(text: str) -> bytes:
    """Return what base64url says, with or without its padding; nothing for what is no base64url."""
    if not _BASE64.fullmatch(text):
        return b""
    try:
        return base64.urlsafe_b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4))
    except binascii.Error:
        return b""
