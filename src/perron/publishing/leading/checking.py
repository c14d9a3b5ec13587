"""Whether addresses still lead somewhere, asked politely and judged late.

An address is called dead only after the same failure three times over at least a day; after two over an hour where
the server itself says that there is nothing (404, 410). A site that refuses programs, is overloaded or out of order
(401, 403, 429, 5xx, …) says nothing about its pages: they could not be checked. One success clears everything.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import Min

from perron.core.clock import now
from perron.core.fetching import PORTS
from perron.core.reaching import Reached, reach
from perron.publishing.leading.model import Address

_State = Address.State

# One question to a host in a round, and rounds are this far apart.
SECONDS_BETWEEN = 20.0
_HOSTS_IN_A_ROUND = 20
# Two workers never ask for the same address at once.
_LEASE = timedelta(minutes=15)

_AGAIN = timedelta(days=7)
_AGAIN_UNCLEAR = timedelta(days=3)
_AFTER_FAILURE = [timedelta(hours=1), timedelta(hours=6), timedelta(hours=18), timedelta(days=1), timedelta(days=3)]
_GONE = {404, 410}
_GONE_TIMES, _GONE_FOR = 2, timedelta(hours=1)
_SILENT_TIMES, _SILENT_FOR = 3, timedelta(days=1)
_SILENCE = 0


def check_due(*, ports: Collection[int] = PORTS, allow: Collection[str] = ()) -> int:
    """Ask for what is due, one address of each host; return how many were asked. The options are those of `reach`."""
    answers = [(address, reach(address.url, ports=ports, allow=allow)) for address in _take()]
    answered = any(isinstance(answer, int) for _address, answer in answers)
    silent = any(answer == "unreachable" for _address, answer in answers)
    # When nobody at all answers, it may be our own cable: then it proves nothing.
    trusted = answered or (silent and _somebody_answers([one for one, _ in answers], ports, allow))
    for address, answer in answers:
        judge(address, answer if trusted or answer != "unreachable" else "unclear")
    return len(answers)


def judge(address: Address, answer: Reached) -> None:
    """Keep what was answered, and when to ask again."""
    moment = now()
    address.checked_at = moment
    if isinstance(answer, int) and answer < 400:
        address.state, address.due_at = _State.FINE, moment + _AGAIN
        _forget_failures(address)
    elif answer == "unreachable" or answer in _GONE:
        _failed(address, _SILENCE if isinstance(answer, str) else answer, moment)
    else:
        # Neither a failure nor a success: what is known stays known.
        if address.state != _State.DEAD:
            address.state = _State.UNCLEAR
        address.due_at = moment + _AGAIN_UNCLEAR
    address.save(update_fields=["state", "failure", "failures", "failing_since", "checked_at", "due_at"])


def _take() -> list[Address]:
    """Return the address of each host that waits longest, and keep other workers from asking for it."""
    moment = now()
    due = Address.objects.filter(due_at__lte=moment)
    hosts = due.values_list("host").annotate(first=Min("due_at")).order_by("first")[:_HOSTS_IN_A_ROUND]
    taken = []
    for host, first in hosts:
        address = due.filter(host=host, due_at=first).first()
        if address and Address.objects.filter(pk=address.pk, due_at=first).update(due_at=moment + _LEASE):
            taken.append(address)
    return taken


def _somebody_answers(asked: Collection[Address], ports: Collection[int], allow: Collection[str]) -> bool:
    """Ask where there was an answer lately: the network works if there is one again."""
    known = Address.objects.filter(state=_State.FINE).exclude(host__in=[one.host for one in asked])
    last = known.order_by("-checked_at").first()
    return last is not None and isinstance(reach(last.url, ports=ports, allow=allow), int)


def _failed(address: Address, failure: int, moment: datetime) -> None:
    if address.failure != failure or address.failing_since is None:
        _forget_failures(address)
        address.failure, address.failing_since = failure, moment
    address.failures = min(address.failures + 1, 1000)
    times, during = (_GONE_TIMES, _GONE_FOR) if failure in _GONE else (_SILENT_TIMES, _SILENT_FOR)
    assert address.failing_since is not None
    if address.failures >= times and moment - address.failing_since >= during:
        address.state = _State.DEAD
    address.due_at = moment + _AFTER_FAILURE[min(address.failures, len(_AFTER_FAILURE)) - 1]


def _forget_failures(address: Address) -> None:
    address.failure, address.failures, address.failing_since = None, 0, None
