"""What a server says of when to ask again: Cache-Control, Age and Expires (RFC 9111 §4.2), Retry-After (RFC 9110)."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from perron.core.clock import now

# Longer than anybody means it.
_MOST = 366 * 24 * 3600.0


def fresh_for(headers: Mapping[str, str]) -> float:
    """Return for how many seconds an answer is good, as it says; 0 if it does not."""
    control = headers.get("cache-control", "").lower()
    if re.search(r"\b(?:no-cache|no-store)\b", control):
        return 0.0
    if age := re.search(r"\bmax-age\s*=\s*\"?(\d{1,12})", control):
        elapsed = headers.get("age", "")
        return _bounded(float(age[1]) - (float(elapsed) if elapsed.isdecimal() and len(elapsed) < 13 else 0.0))
    until, since = _moment(headers.get("expires", "")), _moment(headers.get("date", ""))
    return _bounded((until - (since or now())).total_seconds()) if until else 0.0


def asked_to_wait(headers: Mapping[str, str]) -> float:
    """Return for how many seconds the server wants to be left alone; 0 if it does not say."""
    said = headers.get("retry-after", "").strip()
    if said.isdecimal() and len(said) < 13:
        return _bounded(float(said))
    until, since = _moment(said), _moment(headers.get("date", ""))
    # By the server's own clock, which is the one that it means.
    return _bounded((until - (since or now())).total_seconds()) if until else 0.0


def _bounded(seconds: float) -> float:
    return min(max(seconds, 0.0), _MOST)


def _moment(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
