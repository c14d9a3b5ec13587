"""Pictures: the words for people who cannot see them (WCAG 2.2, 1.1.1), and words that only a picture shows (1.4.5)."""

import re
from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from perron.core.language import NAMES
from perron.core.text import normalise
from perron.publishing.advising.finding import Draft, Finding
from perron.publishing.advising.reading import Passage, word_count
from perron.publishing.content import Shown, Words

_FILE_NAME = re.compile(
    r"(?:.*\.(?:jpe?g|png|gif|webp|heic|tiff?|bmp)|(?:img|dsc|dscn|dscf|pict?|screenshot|image|photo|foto)[_ -]?\d+.*)",
    re.IGNORECASE,
)
_SAYS_NOTHING = frozenset(
    ("image", "photo", "picture", "illustration", "logo", "visuel", "afbeelding", "foto", "beeld", "bild", "abbildung")
)
_POSTER = re.compile(r"\b(?:affiche|affichette|flyer|poster|plakat|handzettel|folder|tract)\b", re.IGNORECASE)
# Fewer words than these cannot repeat what a poster says: what, when, where, for whom.
_SHORT = 30


def look(draft: Draft, _passages: Sequence[Passage]) -> Iterator[Finding]:
    """Look at each picture in each language that is written."""
    written = {language: words for language, words in draft.content.texts.items() if words.title}
    for place, shown in enumerate(draft.content.pictures, 1):
        for language, words in written.items():
            yield from _look_at(shown, place, language, words)


def _look_at(shown: Shown, place: int, language: str, words: Words) -> Iterator[Finding]:
    said = shown.alternatives.get(language, "").strip()
    field = f"alternative_{shown.image}_{language}"
    if not said:
        if not any(text.strip() for text in shown.alternatives.values()):
            why = _("Who cannot see the picture learns nothing of it.")
        else:
            why = _("Who cannot see the picture hears its words in another language.")
        yield Finding(
            "alternative",
            field,
            "",
            _("Picture %(number)d is not described in %(language)s.")
            % {"number": place, "language": NAMES.get(language, language)},
            why,
            _("Say in one sentence what is to be seen."),
        )
    elif _FILE_NAME.fullmatch(said) or normalise(said) in _SAYS_NOTHING:
        yield Finding(
            "alternative",
            field,
            said,
            _("The words for picture %(number)d do not say what it shows.") % {"number": place},
            _("They are read aloud to people who cannot see it."),
            _("Say in one sentence what is to be seen."),
        )
    elif _POSTER.search(said) and word_count(f"{words.summary} {words.body}") < _SHORT:
        yield Finding(
            "poster",
            f"body_{language}",
            said,
            _("A poster stands in for the text."),
            _("Words in a picture are not read aloud, not translated and not found by a search."),
            _("Write in the text what the poster says: what, when, where, for whom."),
        )
