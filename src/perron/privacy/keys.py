"""The installation's keys: made at first use, kept beside the database, for their owner only."""

import os
import secrets
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path

from django.conf import settings


def address_key() -> bytes:
    """Return the key under which addresses are remembered without being kept (`subjects.fingerprint`)."""
    return _read(Path(settings.PERRON_HOME) / "address_key")


def evidence_key() -> bytes:
    """Return the Ed25519 private key, 32 bytes, with which checkpoints of the evidence are signed."""
    return _read(Path(settings.PERRON_HOME) / "evidence_key")


def factors_key() -> bytes:
    """Return the AES-256 key under which the secrets of second factors and of partners' sign-ins lie in the tables."""
    return _read(Path(settings.PERRON_HOME) / "factors_key")


def push_key() -> bytes:
    """Return the secret, 32 bytes, that the key pair is made of by which browsers know who may send to them."""
    return _read(Path(settings.PERRON_HOME) / "push_key")


def forget() -> None:
    """Read the keys anew at their next use: a restore has brought others."""
    _read.cache_clear()


@cache
def _read(path: Path) -> bytes:
    if not path.exists():
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=path.name) as file:
            file.write(secrets.token_bytes(32))
            file.flush()
            os.fsync(file.fileno())
            # It appears whole or not at all, and the first process to make it wins.
            with suppress(FileExistsError):
                os.link(file.name, path)
    return path.read_bytes()
