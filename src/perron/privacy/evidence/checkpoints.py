"""A signed statement of where the chain stands, for somebody outside to keep: it shows later what was taken away."""

import json
from dataclasses import asdict, dataclass
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.utils.translation import gettext as _

from perron.core.clock import now
from perron.core.errors import Refused
from perron.privacy.evidence import chain
from perron.privacy.evidence.tables import EvidenceHead
from perron.privacy.keys import evidence_key


@dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """Entry `sequence` of epoch `epoch` had `hash` at the moment `at`; key and signature are in hexadecimal."""

    at: str
    epoch: int
    sequence: int
    hash: str
    public_key: str = ""
    signature: str = ""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what `to_json` wrote. Raises `Refused`."""
        try:
            said = json.loads(text)
            return cls(
                at=str(said["at"]),
                epoch=int(said["epoch"]),
                sequence=int(said["sequence"]),
                hash=str(said["hash"]),
                public_key=str(said["public_key"]),
                signature=str(said["signature"]),
            )
        except (ValueError, KeyError, TypeError) as error:
            raise Refused(
                _("This file is no checkpoint: choose one that “perron evidence checkpoint” wrote.")
            ) from error

    def to_json(self) -> str:
        """Return the file that a third party keeps."""
        return json.dumps(asdict(self), indent=1) + "\n"

    @property
    def signed(self) -> bytes:
        """What the signature is over."""
        return f"perron checkpoint|{self.at}|{self.epoch}|{self.sequence}|{self.hash}".encode()

    def signed_with(self, key: str) -> bool:
        """Say whether the private half of `key` signed this checkpoint as it stands."""
        try:
            Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(bytes.fromhex(self.signature), self.signed)
        except (InvalidSignature, ValueError):
            return False
        return self.public_key == key


def make() -> Checkpoint:
    """Return where the chain stands now, signed with the installation's key."""
    head = EvidenceHead.objects.filter(pk=1).first() or EvidenceHead(hash=chain.BEGINNING)
    bare = Checkpoint(at=chain.moment(now()), epoch=head.epoch, sequence=head.sequence, hash=head.hash)
    return Checkpoint(**asdict(bare) | {"public_key": public_key(), "signature": _key().sign(bare.signed).hex()})


def public_key() -> str:
    """Return the public half of the installation's key, in hexadecimal."""
    return _key().public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def _key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(evidence_key())
