"""What the content check says, and what it looks at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from perron.core.text import shorten
from perron.publishing.content import Content

_QUOTED = 90


@dataclass(frozen=True)
class Finding:
    """One thing that could be better. It never keeps anybody from releasing: that is for `checking`.

    `field` is the name of the form field, for example "body_fr"; `words` are the writer's own, "" where there are none.
    """

    rule: str
    field: str
    words: str
    what: str
    why: str
    advice: str

    @property
    def quoted(self) -> str:
        """The words, cut to what a list can show."""
        return shorten(" ".join(self.words.split()), _QUOTED)


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What is looked at. `earlier` are the contents saved before, oldest first; `dead` says by address why it leads
    nowhere; `day` is today."""

    kind: str
    languages: Sequence[str]
    content: Content
    day: date
    earlier: Sequence[Content] = ()
    dead: Mapping[str, str] = field(default_factory=dict)
