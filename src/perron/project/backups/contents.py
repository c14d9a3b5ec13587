"""What a backup says of itself, and what it holds: a tar archive of these names, encrypted."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Self

from django.conf import settings

from perron.privacy.gate import stores

MANIFEST, DATABASE, JOURNAL = "manifest.json", "database", "journal.jsonl"
KEYS, MEDIA = "keys", "media"
# Made and removed by backups themselves.
_OWN = {"backups", "backup_key", JOURNAL}


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """Of when and what; `counts` are the rows per table, `evidence` where its chain ended."""

    made: str
    build: str
    vendor: str
    migrations: list[str]
    counts: Mapping[str, int]
    evidence: Mapping[str, int | str]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what `to_json` wrote."""
        return cls(**json.loads(text))

    def to_json(self) -> str:
        """Return it as it stands in the archive."""
        return json.dumps(asdict(self), indent=1)

    @property
    def moment(self) -> datetime:
        """When it was made."""
        return datetime.fromisoformat(self.made)


def key_files() -> list[Path]:
    """Return the files, beside database and media, that an installation needs to be itself again."""
    home = Path(settings.PERRON_HOME)
    names = {store.name.removeprefix("file:") for store in stores() if store.name.startswith("file:")} - _OWN
    return sorted(path for path in (home / name for name in names) if path.is_file())
