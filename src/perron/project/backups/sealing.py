"""Encryption of a backup as a stream: AES-256-GCM in chunks, so that memory stays bounded and any change shows.

Each file has its own key, derived (HKDF-SHA256) from the backup key and a random salt in the header. A chunk's nonce is
its number and whether it is the last: chunks cannot be moved, dropped or added, nor the end cut off.
"""

import secrets
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from perron.project.backups.refusing import BackupRefused

_MAGIC = b"perron backup 1\n"
_SALT = _NAME = 16
_CHUNK = 1 << 20
_TAG = 16


class Sealer:
    """A file to write to, of which `target` receives the encrypted bytes; `close` ends it."""

    def __init__(self, target: BinaryIO, key: bytes) -> None:
        self._target = target
        self._header = _MAGIC + _derived(key, b"", b"name")[:_NAME] + secrets.token_bytes(_SALT)
        self._cipher = _cipher(key, self._header)
        self._waiting = bytearray()
        self._number = 0
        target.write(self._header)

    def write(self, data: bytes) -> int:
        """Take bytes of any length."""
        self._waiting += data
        # One byte more than a chunk: the last one is not known until the end.
        while len(self._waiting) > _CHUNK:
            self._seal(bytes(self._waiting[:_CHUNK]), last=False)
            del self._waiting[:_CHUNK]
        return len(data)

    def close(self) -> None:
        """Write the last chunk."""
        self._seal(bytes(self._waiting), last=True)

    def _seal(self, chunk: bytes, *, last: bool) -> None:
        self._target.write(self._cipher.encrypt(_nonce(self._number, last=last), chunk, self._header))
        self._number += 1


class Opener:
    """A file to read from what `Sealer` wrote. Whatever `read` returns is as it was written."""

    def __init__(self, source: BinaryIO, key: bytes) -> None:
        self._source = source
        header = source.read(len(_MAGIC) + _NAME + _SALT)
        if not header.startswith(_MAGIC) or len(header) < len(_MAGIC) + _NAME + _SALT:
            raise BackupRefused("This file is no backup of Perron.")
        if header[len(_MAGIC) :][:_NAME] != _derived(key, b"", b"name")[:_NAME]:
            raise BackupRefused("This backup was made with another key: set PERRON_BACKUP_KEY to the right file.")
        self._header = header
        self._cipher = _cipher(key, header)
        self._next = source.read(_CHUNK + _TAG)
        self._ready = b""
        self._number = 0
        self._ended = False

    def read(self, size: int) -> bytes:
        """Return `size` bytes, fewer at the end only. Raises `BackupRefused` for bytes that were changed."""
        while len(self._ready) < size and not self._ended:
            self._ready += self._open_next()
        data, self._ready = self._ready[:size], self._ready[size:]
        return data

    def read_to_end(self) -> None:
        """Read what is left, so that all of it is known to be there."""
        while self.read(_CHUNK):
            pass

    def _open_next(self) -> bytes:
        chunk, self._next = self._next, self._source.read(_CHUNK + _TAG)
        self._ended = not self._next
        try:
            opened = self._cipher.decrypt(_nonce(self._number, last=self._ended), chunk, self._header)
        except (InvalidTag, ValueError) as error:
            raise BackupRefused("This backup is damaged or was cut off: use another one.") from error
        self._number += 1
        return opened


def read_key(path: Path) -> bytes:
    """Return the backup key in the file `path`. Raises `BackupRefused`."""
    try:
        key = path.read_bytes()
    except OSError as error:
        raise BackupRefused(f"The key of the backups cannot be read; look at PERRON_BACKUP_KEY. {error}") from error
    if len(key) != 32:
        raise BackupRefused(f"{path} is no key of Perron's backups: it has {len(key)} bytes instead of 32.")
    return key


def _cipher(key: bytes, header: bytes) -> AESGCM:
    return AESGCM(_derived(key, header[-_SALT:], b"file"))


def _derived(key: bytes, salt: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=salt, info=b"perron backup 1 " + purpose).derive(key)


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11) + bytes([last])
