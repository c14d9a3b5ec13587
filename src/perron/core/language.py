"""Languages: which there are, and in which order to look for one."""

from collections.abc import Iterable, Mapping, Sequence

from django.utils.translation import gettext as _

from perron.core.errors import Refused

LANGUAGES: tuple[str, ...] = ("fr", "nl", "de", "en")
NAMES: dict[str, str] = {"fr": "Français", "nl": "Nederlands", "de": "Deutsch", "en": "English"}


def check_spoken(language: str) -> None:
    """Raise `Refused` unless Perron speaks `language`."""
    if language not in LANGUAGES:
        raise Refused(_("Perron does not speak %(language)s.") % {"language": language[:20]})


def order(wanted: str, offered: Sequence[str]) -> list[str]:
    """Return the languages to try: the one wanted, then those of the community in its own order."""
    return list(dict.fromkeys([wanted, *offered, *LANGUAGES]))


def pick(available: Iterable[str], wanted: str, offered: Sequence[str]) -> str | None:
    """Return the language of `available` to show to somebody who wants `wanted`; None if there is none."""
    present = set(available)
    return next((language for language in order(wanted, offered) if language in present), None)


def spoken(texts: Mapping[str, str], wanted: str, offered: Sequence[str] = LANGUAGES) -> str:
    """Return the language of a `{language: text}` mapping that `localised` answers in; "" if it is empty."""
    return pick((code for code, text in texts.items() if text), wanted, offered) or ""


def localised(names: Mapping[str, str], wanted: str, offered: Sequence[str] = LANGUAGES) -> str:
    """Return the value of a `{language: text}` mapping for `wanted`, or the nearest; "" if it is empty."""
    language = spoken(names, wanted, offered)
    return names[language] if language else ""
