"""What an editor writes, as a value: the content of one revision.

It is as incomplete as a draft may be; `kinds` and `checking` say whether it can be released.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from perron.core.language import LANGUAGES
from perron.core.text import clean_line, clean_text


@dataclass(frozen=True)
class Words:
    """One language's title, summary and Markdown body."""

    title: str = ""
    summary: str = ""
    body: str = ""


@dataclass(frozen=True)
class Shown:
    """An image (UUID as text) with its alternative text per language."""

    image: str
    alternatives: dict[str, str] = field(default_factory=dict)
    credit: str = ""


@dataclass(frozen=True)
class Enclosed:
    """An attachment (UUID as text) with its title per language."""

    attachment: str
    titles: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Content:
    """Texts per language, the kind's details as its form takes them, and what belongs to the item.

    `topics` are slugs, `areas` UUIDs as text, `expires_at` an ISO 8601 moment or "".
    """

    texts: dict[str, Words] = field(default_factory=dict)
    details: dict[str, Any] = field(default_factory=dict)
    topics: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    pictures: tuple[Shown, ...] = ()
    enclosures: tuple[Enclosed, ...] = ()
    expires_at: str = ""
    # What residents are told when this corrects what was public, per language.
    correction: dict[str, str] = field(default_factory=dict)

    def title(self) -> str:
        """Return the first title there is, or ""."""
        return next((words.title for words in self.texts.values() if words.title), "")

    def to_json(self) -> dict[str, Any]:
        """Return the value as `Revision.content` keeps it: without what JSON columns cannot hold."""
        stored: dict[str, Any] = _storable(asdict(self))
        return stored

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Content":
        """Return the value of what `to_json` gave, its texts cleaned."""
        return cls(
            texts={
                language: Words(
                    title=clean_line(words.get("title", "")),
                    summary=clean_line(words.get("summary", "")),
                    body=clean_text(words.get("body", "")),
                )
                for language, words in data.get("texts", {}).items()
                if language in LANGUAGES
            },
            details=dict(data.get("details", {})),
            topics=tuple(data.get("topics", ())),
            areas=tuple(data.get("areas", ())),
            pictures=tuple(Shown(**shown) for shown in data.get("pictures", ())),
            enclosures=tuple(Enclosed(**enclosed) for enclosed in data.get("enclosures", ())),
            expires_at=data.get("expires_at", ""),
            correction={
                language: line for language, text in data.get("correction", {}).items() if (line := clean_line(text))
            },
        )


def _storable(value: Any) -> Any:
    """Drop NUL and lone surrogates from every text: PostgreSQL's JSON refuses them."""
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-8", "ignore").decode()
    if isinstance(value, dict):
        return {_storable(key): _storable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_storable(item) for item in value]
    return value
