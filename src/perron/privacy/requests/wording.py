"""Words for what an erasure does: before it, so that somebody can decide, and after it, as a receipt."""

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from perron.core.language import LANGUAGES
from perron.privacy import gate
from perron.privacy.declaring import Keep, Personal
from perron.privacy.policy.citations import in_words
from perron.privacy.policy.texts import texts
from perron.privacy.requests.holdings import holdings
from perron.privacy.subjects import Subject


@dataclass(frozen=True)
class Prospect:
    """One table: what it is, how many rows, and why they stay ("" where they go)."""

    name: str
    rows: int
    kept_because: str = ""


def prospects(subjects: Sequence[Subject]) -> list[Prospect]:
    """Return what an erasure would do to what is held about these subjects, what goes first."""
    found = [_prospect(holding.table, holding.rows) for holding in holdings(subjects)]
    return sorted(found, key=lambda prospect: bool(prospect.kept_because))


def receipt_in_words(lines: Iterable[Mapping[str, str | int]]) -> str:
    """Return a receipt as a text: line by line what went, and what stays for which reason."""
    said = (_line(line) for line in lines)
    return "\n".join([_("This is what we did with your data:"), "", *(f"- {line}" for line in said if line)])


def _prospect(table: Personal, rows: int) -> Prospect:
    return Prospect(name_of(table), rows, _because(table.erasure) if isinstance(table.erasure, Keep) else "")


def name_of(table: Personal) -> str:
    """Return what people call a table."""
    return str(table.label or table.model._meta.verbose_name)


def _because(kept: Keep) -> str:
    return _reason(kept.reason, kept.citation)


def _reason(reason: str, citation: str) -> str:
    language = get_language() or LANGUAGES[0]
    with contextlib.suppress(KeyError):
        reason = texts(language).reason(reason)
    return f"{reason} ({in_words(citation, language)})"


def _line(line: Mapping[str, str | int]) -> str:
    name = _names().get(str(line["store"]))
    if name is None or not line["rows"]:
        return ""
    table = name_of(name)
    match line["outcome"]:
        case "erased":
            return _("%(table)s: erased (%(rows)d)") % {"table": table, "rows": line["rows"]}
        case "kept":
            because = _reason(str(line["reason"]), str(line["citation"]))
            return _("%(table)s: kept (%(rows)d), because of %(reason)s") % {"table": table, "rows": line["rows"],
                                                                              "reason": because}  # fmt: skip
    return _("%(table)s: still there (%(rows)d); we finish this by hand") % {"table": table, "rows": line["rows"]}


@cache
def _names() -> dict[str, Personal]:
    return {f"table:{table.model._meta.label}": table for table in gate.tables() if isinstance(table, Personal)}
