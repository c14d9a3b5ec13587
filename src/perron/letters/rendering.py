"""A letter's words, made when it is sent: heading, text and HTML in the reader's language."""

from dataclasses import dataclass
from typing import Any

from django.template import Context, engines
from django.template.backends.django import DjangoTemplates
from django.utils import translation

from perron.core.text import clean_text
from perron.letters.kinds import kind_named
from perron.letters.models import Letter
from perron.letters.templatetags.letters import day
from perron.privacy.policy.current import policy


@dataclass(frozen=True)
class Rendered:
    """The words of a letter."""

    heading: str
    text: str
    html: str


def render(letter: Letter) -> Rendered:
    """Return the letter's words. The templates see its context, `heading`, `why`, `operator` and `language`."""
    kind = kind_named(letter.kind)
    with translation.override(letter.language):
        heading = str(kind.heading) % _Spoken(letter.context)
        context = {
            **letter.context,
            "heading": heading,
            "why": str(kind.why),
            "operator": policy().operator,
            "language": letter.language,
        }
        return Rendered(
            heading=heading,
            text=clean_text(_fill(f"letters/{kind.name}.txt", context, escape=False)) + "\n",
            html=_fill(f"letters/{kind.name}.html", context, escape=True),
        )


class _Spoken(dict[str, Any]):
    """The context for a heading, in which days (keys that end in "day") are said in words."""

    def __getitem__(self, key: str) -> Any:
        value = super().__getitem__(key)
        return day(value) if key.endswith("day") and isinstance(value, str) else value


def _fill(name: str, context: dict[str, Any], *, escape: bool) -> str:
    backend = engines["django"]
    assert isinstance(backend, DjangoTemplates)
    return backend.engine.get_template(name).render(Context(context, autoescape=escape))
