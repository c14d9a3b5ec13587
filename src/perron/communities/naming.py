"""Rules for names, addresses and languages of communities and platforms."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from perron.communities import communes
from perron.core.language import LANGUAGES

# Path segments that the program uses itself, at the beginning or after the language; a test compares them with the
# URL table.
RESERVED = frozenset({*LANGUAGES, "about", "accessibility", "account", "agenda", "api", "app", "choose", "contact",
                      "cookies", "desk", "health", "manifest", "map", "media", "metrics", "move", "newsletter",
                      "offline", "p", "privacy", "robots.txt", "saved", "search", "sitemap-pages.xml", "sitemap.xml",
                      "static", "studio", "subscription", "sw.js", "theme", "well-known"})  # fmt: skip
_HOST = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))+")


def validate_slug(slug: str) -> None:
    """Refuse an address that the program uses itself."""
    if slug in RESERVED:
        raise ValidationError(
            _("“%(slug)s” is an address that Perron uses itself. Choose another."), params={"slug": slug}
        )
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug):
        raise ValidationError(_("An address has lower-case letters, digits and single hyphens between them."))


def validate_host(host: str) -> None:
    """Refuse what is no host name; "" is none."""
    if host and not _HOST.fullmatch(host):
        raise ValidationError(_("Write the host name alone, in lower case, for example app.commune.be."))


def validate_languages(languages: object) -> None:
    """Refuse anything but a list of one or more different languages of Perron."""
    if not isinstance(languages, list) or not languages or len(set(languages)) != len(languages):
        raise ValidationError(_("Choose at least one language, each once."))
    if unknown := [language for language in languages if language not in LANGUAGES]:
        raise ValidationError(_("Perron does not speak %(language)s."), params={"language": unknown[0]})


def validate_names(names: object) -> None:
    """Refuse anything but `{language: name}` with at least one name of at most 120 characters."""
    if not isinstance(names, dict) or not any(names.values()):
        raise ValidationError(_("Write the name in at least one language."))
    for language, name in names.items():
        if language not in LANGUAGES or not isinstance(name, str):
            raise ValidationError(_("Names are given per language: fr, nl, de, en."))
        if len(name) > 120:
            raise ValidationError(_("A name has at most 120 characters."))


def validate_descriptions(descriptions: object) -> None:
    """Refuse anything but `{language: text}` with texts of at most 2,000 characters."""
    if not isinstance(descriptions, dict):
        raise ValidationError(_("Descriptions are given per language: fr, nl, de, en."))
    for language, text in descriptions.items():
        if language not in LANGUAGES or not isinstance(text, str):
            raise ValidationError(_("Descriptions are given per language: fr, nl, de, en."))
        if len(text) > 2_000:
            raise ValidationError(_("A description has at most 2,000 characters."))


def validate_commune(nis: str) -> None:
    """Refuse what is no NIS code of a commune of today; "" is none."""
    found = communes.by_nis(nis)
    if nis and (found is None or found.nis != nis):
        raise ValidationError(_("There is no commune with the code %(code)s."), params={"code": nis})


def validate_communes(codes: object) -> None:
    """Refuse anything but a list of different NIS codes of communes of today."""
    if not isinstance(codes, list) or len(codes) != len(set(map(str, codes))):
        raise ValidationError(_("Communes are a list, each once."))
    for nis in codes:
        validate_commune(str(nis) or "?")


def validate_postal_code(code: str) -> None:
    """Refuse what is no Belgian postal code; "" is none."""
    if code and not re.fullmatch(r"[1-9][0-9]{3}", code):
        raise ValidationError(_("A postal code has four digits, for example 4000."))


def validate_phone(number: str) -> None:
    """Refuse what cannot be dialled: fewer than 8 or more than 15 digits (ITU-T E.164), or other signs."""
    if not re.fullmatch(r"\+?[0-9 ()./-]+", number) or not 8 <= sum(map(str.isdigit, number)) <= 15:
        raise ValidationError(_("Write a telephone number in digits, for example +32 4 221 80 00."))


def validate_website(address: str) -> None:
    """Refuse what is no web page."""
    if not address.startswith(("https://", "http://")):
        raise ValidationError(_("Write the whole address of the website, beginning with https://"))


def validate_enterprise_number(number: str) -> None:
    """Refuse what is no Belgian enterprise number: 0 or 1, nine digits, the last two 97 less the rest modulo 97."""
    if not re.fullmatch(r"[01][0-9]{9}", number) or int(number[8:]) != 97 - int(number[:8]) % 97:
        raise ValidationError(
            _("This is no enterprise number: its check digits do not fit. It looks like 0123.456.749.")
        )


def bare_enterprise_number(written: str) -> str:
    """Return the ten digits of an enterprise or VAT number, however it is written: "BE 0123.456.749"."""
    digits = re.sub(r"[\s.\-/]", "", written.upper()).removeprefix("BE")
    return digits if len(digits) != 9 else f"0{digits}"


def grouped_enterprise_number(number: str) -> str:
    """Return an enterprise number as people write it: "0123.456.749"."""
    return f"{number[:4]}.{number[4:7]}.{number[7:]}" if number else ""
