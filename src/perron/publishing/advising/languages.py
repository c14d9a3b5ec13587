"""Languages that are missing, half written, copied, or left behind by a correction of another."""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from django.utils.translation import gettext as _

from perron.core.language import NAMES, pick
from perron.publishing.advising.finding import Draft, Finding
from perron.publishing.advising.reading import Passage
from perron.publishing.content import Content, Words

_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
# Below this likeness, word by word, a text says something else; above it, a slip was put right.
_SAME = 0.9
_FEW_WORDS = 3


def look(draft: Draft, _passages: Sequence[Passage]) -> Iterator[Finding]:
    """Look at each language in which the community publishes."""
    texts = draft.content.texts
    written = {language: words for language, words in texts.items() if words.title}
    if not written:
        return
    yield from _missing(draft, written)
    for language, words in written.items():
        yield from _half_written(language, words, written)
        yield from _copied(language, words, written)
    yield from _older([*draft.earlier, draft.content], written)


def _missing(draft: Draft, written: dict[str, Words]) -> Iterator[Finding]:
    missing = [language for language in draft.languages if language not in written]
    if missing:
        instead = pick(written, missing[0], draft.languages) or next(iter(written))
        yield Finding(
            "languages",
            f"title_{missing[0]}",
            "",
            _("Not written in: %(languages)s.") % {"languages": ", ".join(NAMES[language] for language in missing)},
            _("Who reads the app in one of them sees this text in %(language)s.") % {"language": NAMES[instead]},
            _("Write at least the title and the summary."),
        )


def _half_written(language: str, words: Words, written: dict[str, Words]) -> Iterator[Finding]:
    if not words.body and any(other.body for other in written.values()):
        yield Finding(
            "languages",
            f"body_{language}",
            "",
            _("In %(language)s there is a title, but no text.") % {"language": NAMES[language]},
            _("Who reads this language gets less than the others."),
            _("Write the text, or say where to read on."),
        )


def _copied(language: str, words: Words, written: dict[str, Words]) -> Iterator[Finding]:
    before = list(written)[: list(written).index(language)]
    for other in before:
        # A name, a number or “Bingo!” is the same everywhere.
        if words.body and words.body == written[other].body and len(words.body.split()) > _FEW_WORDS:
            yield Finding(
                "languages",
                f"body_{language}",
                words.body,
                _("The text in %(one)s is the same as in %(other)s.") % {"one": NAMES[language], "other": NAMES[other]},
                _("It is read aloud with the wrong voice, and shown to people who chose the other language."),
                _("Translate it, or leave it empty: an empty language falls back by itself."),
            )
            return


def _older(contents: Sequence[Content], written: dict[str, Words]) -> Iterator[Finding]:
    """Find languages that stayed as they were while another was corrected."""
    for (language, other), changed in _debts(contents).items():
        if language in written and other in written:
            yield Finding(
                "languages",
                f"body_{language}" if written[language].body else f"title_{language}",
                changed,
                _("%(one)s is older than %(other)s.") % {"one": NAMES[language], "other": NAMES[other]},
                _("The other text was changed since, so the two may say different things."),
                _("Look whether this is right in both."),
            )


def _debts(contents: Sequence[Content]) -> dict[tuple[str, str], str]:
    """Return who must still follow whom, with the words that changed.

    A language that changes alone is owed the same change by the others; a language that owes one pays by changing.
    Changes of one language in a row are one change, and so is writing it for the first time.
    """
    debts: dict[tuple[str, str], str] = {}
    base: dict[str, Words] = {}
    turn = ""
    for content in contents:
        texts = {language: words for language, words in content.texts.items() if words.title}
        changed = {
            language: said
            for language, words in texts.items()
            if language in base and (said := _what_changed(base[language], words))
        }
        moved = list(changed) + [language for language in texts if language not in base]
        for language, what in changed.items():
            for other in base:
                if other in changed or debts.pop((language, other), ""):
                    debts.pop((language, other), "")
                elif language != turn:
                    debts[other, language] = what
        base |= {language: texts[language] for language in moved}
        if moved:
            turn = moved[0] if len(moved) == 1 else ""
    return debts


def _what_changed(before: Words, after: Words) -> str:
    """Return the first changed words if a number or much of the text is another, else "": a slip was put right."""
    old, new = _said(before), _said(after)
    if old == new:
        return ""
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    numbers = sorted(_NUMBER.findall(" ".join(old))) != sorted(_NUMBER.findall(" ".join(new)))
    if not numbers and matcher.ratio() >= _SAME:
        return ""
    _tag, _i, _j, start, end = next(step for step in matcher.get_opcodes() if step[0] != "equal")
    return " ".join(new[max(start - 2, 0) : min(max(end, start + 1) + 2, start + 14)]) or new[0]


def _said(words: Words) -> list[str]:
    # Long enough for any notice, short enough that comparing takes no time.
    return f"{words.title} {words.summary} {words.body}".split()[:1500]
