"""What happens by itself: each sweeper looks in the tables for what is due. `rounds.py` says when they are called."""

import logging
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from perron.communities.access_reviews.rules import ask_for_reviews
from perron.communities.contracting.telling import ask_again
from perron.communities.contracting.verifying import report_altered
from perron.communities.contracting.winding_down import wind_down_due
from perron.delivery.bringing_forward import ahead, bring_forward
from perron.delivery.digests.rounds import begin_round, forget
from perron.delivery.dispatching import unexpanded
from perron.delivery.ending import over
from perron.delivery.releases import releases_due
from perron.delivery.returning import take_back
from perron.delivery.takeovers import dispatch_takeovers
from perron.delivery.working import SENDERS, dispatch
from perron.letters.bringing_forward import ahead as letters_ahead
from perron.letters.bringing_forward import bring_forward as bring_letters_forward
from perron.letters.models import Letter
from perron.letters.outbox import forget_old
from perron.letters.posting import post_due
from perron.letters.pulling import notices_due, pull_due
from perron.outreach.newsletter.leaving import let_go
from perron.outreach.newsletter.linking import check_due as check_campaigns
from perron.outreach.newsletter.linking import unlooked
from perron.outreach.newsletter.sending import begin_due, campaigns_due
from perron.privacy import gate, journal
from perron.privacy.announcing import announce_versions
from perron.privacy.breaches import telling as breaches
from perron.privacy.erasing import go_on_with_unfinished
from perron.privacy.evidence.cutting import cut
from perron.privacy.files import delete_doomed
from perron.privacy.requests.reminding import remind
from perron.privacy.restrictions import lift_due
from perron.privacy.retaining import expire
from perron.privacy.sealing import report_changes
from perron.privacy.transferring import send_due, transfers_due
from perron.project.backups.writing import rotate_own
from perron.publishing.extending import extend_occurrences
from perron.publishing.handing_over.preparing import archives_due, prepare_due
from perron.publishing.leading.checking import SECONDS_BETWEEN, check_due
from perron.publishing.leading.collecting import collect
from perron.publishing.releasing import items_due, release_due
from perron.publishing.search.documents import read_documents
from perron.publishing.search.engines import tidy
from perron.publishing.search.indexing import index_missing
from perron.publishing.sharing.telling import tell_of_waiting_offers
from perron.publishing.sources.polling import poll_due, sources_due

_MINUTE = 60.0
# For what begins when it has work, and would do nothing else by the clock.
_SELDOM = 600.0
_HOUR = 3600.0
_DAY = 24 * 3600.0

# By lane. Where a broker comes and goes, a thread of Celery and one of our own would meet.
_at_work: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

_log = logging.getLogger(__name__)


@dataclass
class Sweeper:
    """A rule that finds its own work, and returns whether it found some; safe to run twice, and in two workers at once.

    It runs every so many seconds, and whenever one of `work` has rows. Sweepers of one `lane` run one after the other;
    a lane that waits for somebody outside, or that takes long, holds up no other.
    """

    name: str
    run: Callable[[], object]
    every: float
    lane: str = "main"
    work: tuple[Callable[[], QuerySet[Any]], ...] = ()
    # Of the monotonic clock; the first round is due at once.
    due: float = field(default=float("-inf"))


def sweepers() -> list[Sweeper]:
    """Return all there is to sweep."""
    return [
        Sweeper("release what is due", release_due, every=_SELDOM, lane="releases", work=(items_due,)),
        Sweeper("tell of offers that wait", tell_of_waiting_offers, every=_HOUR),
        # Before those that send, to whom what is ahead of the clock is not due.
        Sweeper("go on where the clock was set back", bring_forward, every=_SELDOM, lane="delivery", work=(ahead,)),
        Sweeper(
            "post what was written before the clock was set back",
            bring_letters_forward,
            every=_SELDOM,
            lane="post",
            work=(letters_ahead,),
        ),
        Sweeper("post letters", post_due, every=_SELDOM, lane="post", work=(Letter.objects.due,)),
        Sweeper("write what people must be told", pull_due, every=_SELDOM, lane="post", work=(notices_due,)),
        Sweeper(
            "make deliveries of what there is to say",
            dispatch,
            every=_MINUTE,
            lane="delivery",
            work=(releases_due, unexpanded, over),
        ),
        # Each waits for somebody else's servers: a lane for each.
        *(
            Sweeper(f"deliver by {channel}", send, every=_SELDOM, lane=channel, work=(due,))
            for channel, send, due in SENDERS
        ),
        Sweeper(
            "begin campaigns whose moment has come", begin_due, every=_SELDOM, lane="delivery", work=(campaigns_due,)
        ),
        Sweeper("read what mail came back", take_back, every=_MINUTE, lane="returns"),
        Sweeper("let go the addresses of who wants no more news", let_go, every=_MINUTE),
        Sweeper("send what a community takes over", dispatch_takeovers, every=30),
        Sweeper("begin the digests of the morning", begin_round, every=_MINUTE),
        Sweeper("forget what sent digests said", forget, every=600),
        Sweeper("announce changes of the policy", announce_versions, every=600, lane="post"),
        Sweeper("ask partners to sign what a new policy changes", ask_again, every=600, lane="post"),
        Sweeper("let go what ended contracts leave behind", wind_down_due, every=_HOUR),
        Sweeper("see whether a signed agreement was altered", report_altered, every=_DAY),
        # A version that comes into force finds a program that is already running.
        Sweeper("keep the gate", gate.keep, every=600),
        Sweeper("see whether an announced policy was changed", report_changes, every=600),
        Sweeper("send copies to where people want them", send_due, every=_SELDOM, lane="copies", work=(transfers_due,)),
        Sweeper("make archives of partners", prepare_due, every=_HOUR, lane="archives", work=(archives_due,)),
        Sweeper("poll sources", poll_due, every=_SELDOM, lane="sources", work=(sources_due,)),
        Sweeper("empty the local outbox of old letters", forget_old, every=_DAY),
        # Waits for other people's servers: a lane of its own.
        Sweeper("read which addresses texts lead to", collect, every=_MINUTE, lane="links"),
        Sweeper("look whether addresses still lead somewhere", check_due, every=SECONDS_BETWEEN, lane="links"),
        Sweeper(
            "look whether the links of campaigns lead somewhere",
            check_campaigns,
            every=_SELDOM,
            lane="links",
            work=(unlooked,),
        ),
        Sweeper("work out further occurrences", extend_occurrences, every=_DAY),
        Sweeper("index public items that search does not know", index_missing, every=_HOUR),
        Sweeper("take out of the search index what has left", tidy, every=_HOUR),
        Sweeper("read attached files for search", read_documents, every=30, lane="documents"),
        Sweeper("end restrictions whose day has come", lift_due, every=_MINUTE),
        Sweeper("remind staff of requests that are due", remind, every=_HOUR),
        Sweeper("ask who still needs access", ask_for_reviews, every=_HOUR),
        Sweeper("remind staff of breaches that the authority is to be told of", breaches.remind, every=600),
        Sweeper(
            "go on telling people of a breach",
            breaches.go_on_telling,
            every=_SELDOM,
            lane="post",
            work=(breaches.being_told,),
        ),
        Sweeper("delete the files of rows that are gone", delete_doomed, every=_MINUTE),
        Sweeper("go on with erasures that were interrupted", go_on_with_unfinished, every=_MINUTE),
        Sweeper("let go what has had its time", expire, every=_DAY),
        Sweeper("let old evidence leave", cut, every=_DAY),
        Sweeper("delete old backups", rotate_own, every=_DAY),
        Sweeper("forget what no backup needs", journal.forget, every=_DAY),
    ]


def lanes(rounds: list[Sweeper]) -> list[str]:
    """Return the names of their lanes."""
    return list(dict.fromkeys(sweeper.lane for sweeper in rounds))


def sweep(rounds: list[Sweeper]) -> None:
    """Run those whose time has come, one after the other."""
    for sweeper in rounds:
        if time.monotonic() >= sweeper.due:
            sweeper.due = time.monotonic() + sweeper.every
            carry_out(sweeper)


def carry_out(sweeper: Sweeper) -> bool:
    """Run it, and return whether it found something to do. One that fails is logged, and tried again at its time.

    Of one lane, one runs at a time in this process: what a kill may repeat is what one has in flight.
    """
    try:
        with _at_work[sweeper.lane]:
            return bool(sweeper.run())
    except Exception:  # noqa: BLE001 nothing may end the loop
        _log.exception("The sweeper “%s” failed; it is tried again.", sweeper.name)
        return False
