"""The keys that mail is signed with: in one file beside the database, for its owner only, and in every backup.

A key begins to sign by itself never: receivers must find its public half first, so somebody says when.
"""

import json
import os
import tempfile
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from secrets import token_hex

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from django.conf import settings

from perron.channels.email.dkim import Key
from perron.core.clock import now

# RFC 8301 §3.2: what every receiver takes, and still fits a record.
_BITS = 2048


@dataclass(frozen=True)
class Kept:
    """A key, and whether it signs."""

    key: Key
    signs: bool

    @property
    def record(self) -> tuple[str, str]:
        """Name and words of the DNS record (TXT) in which receivers find its public half (RFC 6376 §3.6.1)."""
        public = self.key.private.public_key()
        if isinstance(public, RSAPublicKey):
            kind, said = "rsa", public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        else:
            kind, said = "ed25519", public.public_bytes_raw()
        name = f"{self.key.selector}._domainkey.{self.key.domain}."
        return name, f"v=DKIM1; k={kind}; p={b64encode(said).decode()}"


def signing_for(domain: str) -> list[Key]:
    """Return the keys that sign what comes from `domain`; none where it has none."""
    return [kept.key for kept in _all().get(domain, ()) if kept.signs]


def kept_for(domain: str) -> tuple[Kept, ...]:
    """Return all keys of `domain`, those that sign first."""
    return tuple(sorted(_all().get(domain, ()), key=lambda kept: not kept.signs))


def domains() -> list[str]:
    """Return the domains that have keys."""
    return sorted(_all())


def make(domain: str) -> None:
    """Make two keys for `domain`, an RSA one, which everybody verifies, and a short one (RFC 8463). They wait: neither
    signs before `start`. Keys that waited already are replaced."""
    waiting = f"p{now():%Y%m%d}{token_hex(2)}"
    made = (
        Key(domain, f"{waiting}r", generate_private_key(65537, _BITS)),
        Key(domain, f"{waiting}e", Ed25519PrivateKey.generate()),
    )
    signing = [kept for kept in _all().get(domain, ()) if kept.signs]
    _write({**_all(), domain: (*signing, *(Kept(key, signs=False) for key in made))})


def start(domain: str) -> bool:
    """Have the keys that wait sign from now on, and forget those before them; False if none wait.

    What was signed before stays verifiable for as long as its record stands.
    """
    waiting = [kept.key for kept in _all().get(domain, ()) if not kept.signs]
    if waiting:
        _write({**_all(), domain: tuple(Kept(key, signs=True) for key in waiting)})
    return bool(waiting)


def _path() -> str:
    return os.path.join(settings.PERRON_HOME, "dkim_keys")  # noqa: PTH118 the same


def _all() -> Mapping[str, tuple[Kept, ...]]:
    path = _path()
    try:
        # Asked for each mail: another process may have written them.
        return _read(path, os.stat(path).st_mtime_ns)  # noqa: PTH116 half the time of Path
    except FileNotFoundError:
        return {}


@lru_cache(maxsize=1)
def _read(path: str, _written: int) -> Mapping[str, tuple[Kept, ...]]:
    return {
        domain: tuple(Kept(Key(domain, one["selector"], _opened(one["private"])), one["signs"]) for one in keys)
        for domain, keys in json.loads(Path(path).read_text()).items()
    }


def _opened(words: str) -> RSAPrivateKey | Ed25519PrivateKey:
    private = load_pem_private_key(words.encode(), None)
    assert isinstance(private, RSAPrivateKey | Ed25519PrivateKey)
    return private


def _write(keys: Mapping[str, tuple[Kept, ...]]) -> None:
    """Write them all; whoever reads meanwhile finds the old or the new ones, whole."""
    said = {domain: [_said(one) for one in kept] for domain, kept in keys.items()}
    with tempfile.NamedTemporaryFile("w", dir=settings.PERRON_HOME, prefix="dkim_keys", delete=False) as file:
        json.dump(said, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    Path(file.name).replace(_path())


def _said(one: Kept) -> dict[str, str | bool]:
    private = one.key.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return {"selector": one.key.selector, "private": private, "signs": one.signs}
