"""What happens by itself: each sweeper looks in the tables for what is due. `perron worker` calls them in turn."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from perron.letters.outbox import forget_old
from perron.letters.posting import post_due
from perron.letters.pulling import pull_due
from perron.privacy import gate, journal
from perron.privacy.announcing import announce_versions
from perron.privacy.erasing import go_on_with_unfinished
from perron.privacy.evidence.cutting import cut
from perron.privacy.files import delete_doomed
from perron.privacy.requests.reminding import remind
from perron.privacy.restrictions import lift_due
from perron.privacy.retaining import expire
from perron.privacy.transferring import send_due
from perron.project.backups.writing import rotate_own
from perron.publishing.extending import extend_occurrences
from perron.publishing.releasing import release_due

_MINUTE = 60.0
_HOUR = 3600.0
_DAY = 24 * 3600.0

_log = logging.getLogger(__name__)


@dataclass
class Sweeper:
    """A rule that finds its own work; safe to run twice, and in two workers at once. `every` is in seconds.

    Sweepers of one `lane` run one after the other; a lane that waits for somebody outside holds up no other.
    """

    name: str
    run: Callable[[], object]
    every: float
    lane: str = "main"
    # Of the monotonic clock; the first round is due at once.
    due: float = field(default=float("-inf"))


def sweepers() -> list[Sweeper]:
    """Return all there is to sweep."""
    return [
        Sweeper("release what is due", release_due, every=1),
        Sweeper("post letters", post_due, every=1, lane="post"),
        Sweeper("write what people must be told", pull_due, every=5, lane="post"),
        Sweeper("announce changes of the policy", announce_versions, every=600, lane="post"),
        # A version that comes into force finds a program that is already running.
        Sweeper("keep the gate", gate.keep, every=600),
        Sweeper("send copies to where people want them", send_due, every=2, lane="copies"),
        Sweeper("empty the local outbox of old letters", forget_old, every=_DAY),
        Sweeper("work out further occurrences", extend_occurrences, every=_DAY),
        Sweeper("end restrictions whose day has come", lift_due, every=_MINUTE),
        Sweeper("remind staff of requests that are due", remind, every=_HOUR),
        Sweeper("delete the files of rows that are gone", delete_doomed, every=_MINUTE),
        Sweeper("go on with erasures that were interrupted", go_on_with_unfinished, every=_MINUTE),
        Sweeper("let go what has had its time", expire, every=_DAY),
        Sweeper("let old evidence leave", cut, every=_DAY),
        Sweeper("delete old backups", rotate_own, every=_DAY),
        Sweeper("forget what no backup needs", journal.forget, every=_DAY),
    ]


def lanes(rounds: list[Sweeper]) -> list[list[Sweeper]]:
    """Return them lane by lane, "main" first."""
    names = dict.fromkeys(["main", *(sweeper.lane for sweeper in rounds)])
    return [[sweeper for sweeper in rounds if sweeper.lane == name] for name in names]


def sweep(rounds: list[Sweeper]) -> None:
    """Run those whose time has come. One that fails is logged and tried again at its next time."""
    for sweeper in rounds:
        if time.monotonic() < sweeper.due:
            continue
        sweeper.due = time.monotonic() + sweeper.every
        try:
            sweeper.run()
        except Exception:  # noqa: BLE001 nothing may end the loop
            _log.exception("The sweeper “%s” failed; it is tried again.", sweeper.name)
