"""Languages: which there are, and in which order to look for one."""

from collections.abc import Iterable, Mapping, Sequence

LANGUAGES: tuple[str, ...] = ("fr", "nl", "de", "en")
NAMES: dict[str, str] = {"fr": "Français", "nl": "Nederlands", "de": "Deutsch", "en": "English"}


def order(wanted: str, offered: Sequence[str]) -> list[str]:
    """Return the languages to try: the one wanted, then those of the community in its own order."""
    return list(dict.fromkeys([wanted, *offered, *LANGUAGES]))


def pick(available: Iterable[str], wanted: str, offered: Sequence[str]) -> str | None:
    """Return the language of `available` to show to somebody who wants `wanted`; None if there is none."""
    present = set(available)
    return next((language for language in order(wanted, offered) if language in present), None)


def localised(names: Mapping[str, str], wanted: str, offered: Sequence[str] = LANGUAGES) -> str:
    """Return the value of a `{language: text}` mapping for `wanted`, or the nearest; "" if it is empty."""
    language = pick((code for code, text in names.items() if text), wanted, offered)
    return names[language] if language else ""
