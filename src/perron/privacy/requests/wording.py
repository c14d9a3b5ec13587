"""Words for what an erasure does: before it, so that somebody can decide, and after it, as a receipt."""

import contextlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from perron.core.language import LANGUAGES
from perron.privacy import gate
from perron.privacy.declaring import Delete, Personal, Store
from perron.privacy.erasing import kept_by
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
    rows: Counter[str] = Counter()
    tables: dict[str, Personal] = {}
    for holding in holdings(subjects):
        # A table that serves several activities is one to the reader.
        label = holding.table.model._meta.label
        tables[label] = holding.table
        rows[label] += holding.rows
    found = [_prospect(table, rows[label]) for label, table in tables.items()]
    return sorted(found, key=lambda prospect: bool(prospect.kept_because))


def at_closing(subject: Subject) -> tuple[list[str], list[str]]:
    """Return the names of what is held about somebody with an account: what goes when they close it, and what stays.

    The account's own row is neither: parts of it go.
    """
    tables = {holding.table.model._meta.label: holding.table for holding in holdings([subject])}
    goes: dict[bool, list[str]] = {True: [], False: []}
    for table in tables.values():
        if table.subject != "id":
            goes[table.closing == Delete()].append(name_of(table))
    return goes[True], goes[False]


def receipt_in_words(lines: Iterable[Mapping[str, str | int]], empty: Iterable[str]) -> str:
    """Return a receipt as a text: line by line what went, what stays for which reason, what the program cannot reach.

    `empty` are the stores in which nothing was.
    """
    said = [_line(line) for line in lines]
    if any(store.kind == "device" and store.personal for store in gate.stores()):
        said.append(_("What lies on your own devices, such as the places that you follow: only you can delete that, "
                      "in the settings of your browser"))  # fmt: skip
    nothing = ", ".join(sorted({name for store in empty if (name := _name_of_store(store))}, key=str.casefold))
    parts = [_("This is what we did with your data:"), "", *(f"- {line}" for line in said if line)]
    if nothing:
        parts += ["", _("We looked here too, and there was nothing: %(places)s.") % {"places": nothing}]
    return "\n".join(parts)


def _prospect(table: Personal, rows: int) -> Prospect:
    kept = kept_by(table)
    return Prospect(name_of(table), rows, _reason(kept.reason, kept.citation) if kept else "")


def name_of(table: Personal) -> str:
    """Return what people call a table."""
    return str(table.label or table.model._meta.verbose_name)


def _reason(reason: str, citation: str) -> str:
    language = get_language() or LANGUAGES[0]
    with contextlib.suppress(KeyError):
        reason = texts(language).reason(reason)
    return f"{reason} ({in_words(citation, language)})"


def _line(line: Mapping[str, str | int]) -> str:
    key = str(line["store"])
    if store := _stores().get(key):
        return "" if store.kind == "device" else _store_line(store, line)
    if not (table := _name_of_store(key)) or not line["rows"]:
        return ""
    match line["outcome"]:
        case "erased":
            return _("%(table)s: erased (%(rows)d)") % {"table": table, "rows": line["rows"]}
        case "kept":
            because = _reason(str(line["reason"]), str(line["citation"]))
            return _("%(table)s: kept (%(rows)d), because of %(reason)s") % {"table": table, "rows": line["rows"],
                                                                              "reason": because}  # fmt: skip
    return _("%(table)s: still there (%(rows)d); we finish this by hand") % {"table": table, "rows": line["rows"]}


def _store_line(store: Store, line: Mapping[str, str | int]) -> str:
    name = store.label or store.name
    match line["outcome"]:
        case "erased":
            return _("%(table)s: erased (%(rows)d)") % {"table": name, "rows": line["rows"]}
        case "kept":
            because = _reason(str(line["reason"]), str(line["citation"]))
            return _("%(store)s: kept, because of %(reason)s") % {"store": name, "reason": because}
    return _("%(store)s: the program cannot reach them. %(why)s") % {"store": name, "why": store.why}


def _name_of_store(key: str) -> str:
    """Return what people call a table or another store; "" for one that is not personal."""
    if store := _stores().get(key):
        return str(store.label or store.name) if store.personal else ""
    table = _names().get(key)
    return name_of(table) if table else ""


@cache
def _stores() -> dict[str, Store]:
    return {store.name: store for store in gate.stores()}


@cache
def _names() -> dict[str, Personal]:
    return {f"table:{table.model._meta.label}": table for table in gate.personal_tables()}
