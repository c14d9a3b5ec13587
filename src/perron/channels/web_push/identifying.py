"""Who sends: Voluntary Application Server Identification (RFC 8292), one token for each push service and half a day."""

import base64
import json
from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.utils.translation import gettext as _

from perron.channels.web_push.encryption import signing_key
from perron.core.clock import now
from perron.core.errors import Refused
from perron.privacy.keys import push_key
from perron.privacy.policy.current import policy

# Push services take 24 hours at most (RFC 8292 §2). A token is used for one half of its life.
_LASTS = 12 * 3600


def public_key() -> str:
    """Return the key by which browsers know who may send to them, as they take it: a point in base64url."""
    return _public_key(push_key())


def authorization(origin: str) -> str:
    """Return the header for a push service. Raises `Refused` where nobody could be asked about what we send."""
    half = int(now().timestamp()) // (_LASTS // 2)
    return _authorization(origin, contact(), half, push_key())


def contact() -> str:
    """Return where the operator of a push service writes to: the policy's address, else the site's own.

    Raises `Refused` where both lead to the own machine only: push services refuse such a token.
    """
    operator = policy().operator.email
    if _is_reachable(operator.rpartition("@")[2]):
        return f"mailto:{operator}"
    site = urlsplit(settings.PERRON_ORIGIN)
    if site.scheme == "https" and _is_reachable(site.hostname or ""):
        return f"https://{site.netloc}"
    raise Refused(
        _("Push services want to know whom to ask: give the operator an e-mail address in the policy, or the site one.")
    )


def _is_reachable(host: str) -> bool:
    try:
        return ip_address(host).is_global
    except ValueError:
        return "." in host and not host.endswith((".localhost", ".local", ".internal"))


@lru_cache(maxsize=1000)
def _authorization(origin: str, subject: str, half: int, seed: bytes) -> str:
    claims = {"aud": origin, "exp": half * (_LASTS // 2) + _LASTS, "sub": subject}
    said = f"{_HEAD}.{_text(json.dumps(claims).encode())}"
    r, s = decode_dss_signature(signing_key(seed).sign(said.encode(), ECDSA(SHA256())))
    # As JWS writes it: both numbers, 32 bytes each (RFC 7518 §3.4).
    signature = _text(r.to_bytes(32) + s.to_bytes(32))
    return f"vapid t={said}.{signature}, k={_public_key(seed)}"


@lru_cache(maxsize=2)
def _public_key(seed: bytes) -> str:
    return _text(signing_key(seed).public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def _text(said: bytes) -> str:
    return base64.urlsafe_b64encode(said).rstrip(b"=").decode()


_HEAD = _text(b'{"typ":"JWT","alg":"ES256"}')
