"""The demo's items as they are written in `data/items/*.toml`, one file per community."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from perron.core.clock import BRUSSELS
from perron.core.language import LANGUAGES
from perron.project.demo import dating

DATA = Path(__file__).parent / "data"
# Names what the demo made, so that loading it again finds it again.
_NAMES = UUID("6f0a1c9e-2f2e-5d55-9b1e-0d7c6a3f4e21")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One item of the demo. `texts` maps a language to title, summary and body; dates are still relative."""

    community: str
    key: str
    kind: str
    published: str
    texts: dict[str, dict[str, str]]
    details: dict[str, Any] = field(default_factory=dict)
    topics: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    picture: str = ""
    # Whether a PDF of the text is attached.
    pdf: bool = False
    state: str = "released"

    @property
    def id(self) -> UUID:
        """The item's identifier, the same in every installation."""
        return name(f"item:{self.community}/{self.key}")

    def published_at(self, today: date) -> datetime:
        """Return when it was first published, in UTC."""
        local = datetime.fromisoformat(dating.moment(self.published, today))
        return local.replace(tzinfo=BRUSSELS).astimezone(UTC)


def name(what: str) -> UUID:
    """Return the identifier of something that the demo makes."""
    return uuid5(_NAMES, what)


@cache
def table(file: str) -> dict[str, Any]:
    """Return one of the demo's TOML files."""
    return tomllib.loads((DATA / f"{file}.toml").read_text())


@cache
def entries() -> tuple[Entry, ...]:
    """Return every item of the demo, community by community."""
    return tuple(entry for file in sorted((DATA / "items").glob("*.toml")) for entry in _entries(file.stem))


def _entries(community: str) -> Iterator[Entry]:
    for written in table(f"items/{community}")["item"]:
        rest = {key: value for key, value in written.items() if key not in LANGUAGES}
        texts = {language: written[language] for language in LANGUAGES if language in written}
        for several in ("topics", "areas"):
            rest[several] = tuple(rest.get(several, ()))
        yield Entry(community=community, texts=texts, **rest)
