"""What only one browser can read: Message Encryption for Web Push (RFC 8291) in the coding aes128gcm (RFC 8188)."""

import hmac
import secrets
from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

_CURVE = ec.SECP256R1()
_ECDH = ec.ECDH()
_RECORD = 4096
_HEADER = 16 + 4 + 1 + 65
_TAG = 16
# A push service takes 4,096 bytes at least (RFC 8030 §7.2); one byte ends the text.
MOST = 4096 - _HEADER - _TAG - 1
# Record size, length of the key identifier.
_SIZES = _RECORD.to_bytes(4) + bytes([65])


def encrypt(
    text: bytes,
    p256dh: bytes,
    auth: bytes,
    *,
    key: ec.EllipticCurvePrivateKey | None = None,
    salt: bytes = b"",
) -> bytes:
    """Return `text`, at most `MOST` bytes, as the browser with the key `p256dh` and the secret `auth` reads it.

    `key` and `salt` are new for each message; a test says which. Raises `ValueError` for a key that is no point on the
    curve, and for a text that is too long.
    """
    if len(text) > MOST:
        raise ValueError(f"A push message has at most {MOST} bytes.")
    key = key or ec.generate_private_key(_CURVE)
    salt = salt or secrets.token_bytes(16)
    own = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, p256dh)
    # Each derivation is one block of HKDF (RFC 5869 §2.3): extract, then expand with the counter 1.
    shared = hmac.digest(auth, key.exchange(_ECDH, theirs), "sha256")
    material = hmac.digest(shared, b"WebPush: info\0" + p256dh + own + b"\1", "sha256")
    extracted = hmac.digest(salt, material, "sha256")
    content_key = hmac.digest(extracted, b"Content-Encoding: aes128gcm\0\1", "sha256")[:16]
    nonce = hmac.digest(extracted, b"Content-Encoding: nonce\0\1", "sha256")[:12]
    # 2 ends the last record (RFC 8188 §2).
    return salt + _SIZES + own + AESGCM(content_key).encrypt(nonce, text + b"\2", None)


@lru_cache(maxsize=2)
def signing_key(seed: bytes) -> ec.EllipticCurvePrivateKey:
    """Return the key pair that a secret of 32 bytes stands for."""
    # Twice as many bits as the order has, so that every key is as likely as any other (FIPS 186-5 A.2.1).
    wide = hmac.digest(seed, b"perron web push 1", "sha512")
    return ec.derive_private_key(int.from_bytes(wide) % (_ORDER - 1) + 1, _CURVE)


# Of P-256 (FIPS 186-5, SP 800-186 §3.2.1.3).
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
