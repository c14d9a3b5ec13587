"""Who acts. Every rule that changes data takes an `Actor` and leaves an audit row."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID


@dataclass(frozen=True)
class Actor:
    """A person (by the UUID of the account), somebody known by an address only (`privacy.subjects`), a source that is
    imported, or the program itself."""

    kind: Literal["person", "address", "source", "system"]
    id: UUID | None = None


SYSTEM = Actor("system")
