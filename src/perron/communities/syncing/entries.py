"""How a choice is written that devices keep in step, and what is no such thing.

    {"communities": {"liege": "2026-11-26T20:00:00.000Z"}, "topics": {}, "saved": {"liege/fete-du-quai": "…"},
     "language": {"fr": "…"}, "removed": {"communities": {"herstal": "…"}, "topics": {}, "saved": {}}}

Beside each name stands when somebody chose it, or took it off. Devices merge two of these name by name: the later word
counts (`reader/static/reader/merging.js`). Names that no community or topic has are let through: it may be closed
today and open tomorrow, and the device passes over them.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _

from perron.core.clock import now
from perron.core.errors import Refused
from perron.core.language import LANGUAGES

type Moments = dict[str, str]

# Bytes of a whole choice as JSON; the fullest one that the limits below allow is smaller.
LARGEST = 100_000
LISTS = ("communities", "topics", "saved")
# As many as a device keeps (`app.js`, `keeping.js`), and as many of those taken off.
MOST = {"communities": 40, "topics": 40, "saved": 100, "language": 1}
MOST_REMOVED = 100

_SLUG = re.compile(r"(?=.{1,80}\Z)[a-z0-9]+(-[a-z0-9]+)*")
_PATH = re.compile(r"(?=.{3,161}\Z)[a-z0-9]+(-[a-z0-9]+)*/[a-z0-9]+(-[a-z0-9]+)*")
_MOMENT = re.compile(r"20\d\d-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-5]\d\.\d{3}Z")
_NAMES = {"communities": _SLUG, "topics": _SLUG, "saved": _PATH, "language": re.compile("|".join(LANGUAGES))}


def read(said: Any) -> dict[str, Any]:
    """Return the columns that a device sent, moments that lie ahead set to now. Raises `Refused`, naming what is wrong.

    A device whose clock is ahead would else have the last word for as long.
    """
    if not isinstance(said, dict) or said.keys() != {*LISTS, "language", "removed"}:
        raise Refused(_("A choice has communities, topics, saved, language and removed."))
    removed = said["removed"]
    if not isinstance(removed, dict) or removed.keys() != set(LISTS):
        raise Refused(_("What was removed has communities, topics and saved."))
    latest = _written(now())
    columns: dict[str, Any] = {key: _moments(said[key], key, MOST[key], latest) for key in (*LISTS, "language")}
    columns["removed"] = {key: _moments(removed[key], key, MOST_REMOVED, latest) for key in LISTS}
    for key in LISTS:
        if both := columns[key].keys() & columns["removed"][key].keys():
            raise Refused(_("“%(name)s” is chosen and removed at once.") % {"name": min(both)})
    return columns


def empty() -> dict[str, Any]:
    """Return a choice of nothing."""
    return {key: {} for key in (*LISTS, "language")} | {"removed": {key: {} for key in LISTS}}


def _moments(said: Any, key: str, most: int, latest: str) -> Moments:
    if not isinstance(said, Mapping):
        raise Refused(_("“%(list)s” is no list of names with their moments.") % {"list": key})
    if len(said) > most:
        raise Refused(_("“%(list)s” has at most %(most)d names.") % {"list": key, "most": most})
    for name, at in said.items():
        if not _NAMES[key].fullmatch(name):
            raise Refused(_("“%(name)s” cannot be in “%(list)s”.") % {"name": name[:40], "list": key})
        if not _is_moment(at):
            raise Refused(_("Beside “%(name)s” stands no moment.") % {"name": name[:40]})
    return {name: min(at, latest) for name, at in said.items()}


def _is_moment(at: Any) -> bool:
    if not isinstance(at, str) or not _MOMENT.fullmatch(at):
        return False
    try:
        datetime.fromisoformat(at)
    except ValueError:
        return False
    return True


def _written(moment: datetime) -> str:
    """Return a moment as devices write it: of two such texts, the later one is the greater."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
