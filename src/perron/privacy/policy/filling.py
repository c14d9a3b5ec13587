"""What the words of a policy leave open between braces, filled in from its facts: "{period} after our last contact".

So a sentence cannot say something else than the program does.
"""

from collections.abc import Iterable, Mapping
from string import Formatter

from perron.privacy.policy.periods import Period
from perron.privacy.policy.values import Body, Policy

_UNITS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "fr": {"years": ("an", "ans"), "months": ("mois", "mois"), "weeks": ("semaine", "semaines"),
           "days": ("jour", "jours")},
    "nl": {"years": ("jaar", "jaar"), "months": ("maand", "maanden"), "weeks": ("week", "weken"),
           "days": ("dag", "dagen")},
    "de": {"years": ("Jahr", "Jahre"), "months": ("Monat", "Monate"), "weeks": ("Woche", "Wochen"),
           "days": ("Tag", "Tage")},
    "en": {"years": ("year", "years"), "months": ("month", "months"), "weeks": ("week", "weeks"),
           "days": ("day", "days")},
}  # fmt: skip
_AND = {"fr": "et", "nl": "en", "de": "und", "en": "and"}


def blanks(sentence: str) -> set[str]:
    """Return the names between braces in `sentence`. Raises `ValueError` where the braces do not match."""
    found = [part for part in Formatter().parse(sentence) if part[1] is not None]
    for _text, name, form, conversion in found:
        if form or conversion:
            raise ValueError(f"the blank {name} has a format, which words do not need")
    return {str(name) for _text, name, _format, _conversion in found}


def period_in_words(period: Period, language: str) -> str:
    """Return "1 an", "2 years and 6 months"…"""
    parts = [
        f"{number} {words[number > 1]}"
        for unit, words in _UNITS[language].items()
        if (number := getattr(period, unit)) or (unit == "days" and period == Period())
    ]
    return listed(parts, language)


def listed(things: Iterable[str], language: str) -> str:
    """Return "one, two and three"."""
    *head, last = list(things) or [""]
    return f"{', '.join(head)} {_AND[language]} {last}" if head else last


def address(body: Body) -> str:
    """Return street and locality in one line."""
    return f"{body.street}, {body.postal_code} {body.locality}"


def facts(policy: Policy, language: str, *, countries: Mapping[str, str], authority: str) -> dict[str, str]:
    """Return what may stand between braces in every sentence; "" where the policy does not say."""
    places = dict.fromkeys(f"{s.place} ({countries.get(s.country, s.country)})" for s in policy.storages.values())
    hosts = dict.fromkeys(storage.recipient for storage in policy.storages.values())
    named = [policy.recipients[host].name for host in hosts if host in policy.recipients]
    return {
        "operator": policy.operator.name,
        "address": address(policy.operator),
        "email": policy.operator.email,
        "telephone": policy.operator.telephone,
        "website": policy.operator.website,
        "enterprise_number": policy.operator.enterprise_number,
        "authority": authority,
        "authority_address": address(policy.authority.body),
        "authority_telephone": policy.authority.body.telephone,
        "age": str(policy.age_of_consent),
        "backups": period_in_words(policy.backups, language),
        "places": listed(places, language),
        "hosts": listed((name for name in named if name), language),
    }
