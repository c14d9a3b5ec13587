"""Push services and receivers of webhooks in all their moods: each message arrives, and nobody is asked too soon."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from unittest.mock import patch
from uuid import UUID

from django.conf import settings

from perron.audience import webhooks as hooks
from perron.audience.choices import Choice
from perron.audience.models import PushEndpoint, Webhook
from perron.channels.web_push import sending as by_push
from perron.channels.webhook import sending as by_call
from perron.communities.models import Community
from perron.core import clock
from perron.delivery.carriers import webhook as carrying_calls
from perron.delivery.models import Delivery
from perron.delivery.working import deliver
from perron.letters.models import Letter
from perron.privacy.acting import SYSTEM
from tests import making
from tests.channels.push_service import HangsUp, PushService, Taken
from tests.delivery.town import device
from tests.soak.killing import Cost

# How long the program waits for answers here, in seconds, instead of ten and fifteen.
_PATIENCE = 1.0
_LATER = timedelta(hours=3, minutes=30)
# Later than anything that was put off, and sooner than what is released is no news any more.
_LAST = timedelta(hours=47)
_ROUNDS = 8
# Of a community: at the moody server, at one that keeps silent, at one that takes everything.
_MOODY, _SILENT, _STEADY = 12, 3, 5
_BAD = 0.6
_MOODS = (
    "is slow", "hangs", "resets", "breaks off", "429", "429 by date", "503 by another clock", "503", "500",
    "takes and drops", "takes and resets", "gone",
)  # fmt: skip
_TAKEN = ("takes and drops", "takes and resets")
_State = Delivery.State


@dataclass(frozen=True)
class _Way:
    """A channel: how somebody is subscribed at an address, and how a delivery ends that is wanted no more."""

    subscribe: Callable[[Community, str], UUID]
    taken: bytes
    gone: tuple[bytes, ...]
    ends: str
    is_forgotten: Callable[[Community, set[UUID]], bool]


@dataclass
class _Moody:
    """Answers as it feels. `moment` is what the program's clock says, by which it is told when to come again."""

    way: _Way
    chance: random.Random
    moment: datetime
    is_moody: bool = True
    met: Counter[str] = field(default_factory=Counter)
    arrived: Counter[str] = field(default_factory=Counter)
    gone: set[str] = field(default_factory=set)
    not_before: dict[str, datetime] = field(default_factory=dict)
    too_soon: list[str] = field(default_factory=list)
    _alone: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, taken: Taken) -> bytes:
        """Answer one request."""
        with self._alone:
            if taken.target in self.gone or self.moment < self.not_before.get(taken.target, self.moment):
                self.too_soon.append(taken.target)
            mood = self._mood()
            self.met[mood] += 1
            # What keeps others waiting is done outside.
            said = self._said(mood, taken.target)
        if mood == "hangs":
            time.sleep(1.3 * _PATIENCE)
            raise HangsUp
        if mood == "is slow":
            time.sleep(0.02)
        return said

    def _mood(self) -> str:
        is_bad = self.is_moody and self.chance.random() < _BAD
        mood = self.chance.choice(_MOODS) if is_bad else "good"
        # Each costs a second, whoever else is asked at the same time.
        return "500" if mood == "hangs" and self.chance.random() < 0.7 else mood

    def _said(self, mood: str, target: str) -> bytes:
        match mood:
            case "good" | "is slow":
                self.arrived[target] += 1
                return self.way.taken
            case "takes and drops" | "takes and resets":
                self.arrived[target] += 1
                raise HangsUp(reset="resets" in mood)
            case "resets" | "breaks off":
                raise HangsUp(b"HTTP/1.1 20" if mood == "breaks off" else b"", reset=mood == "resets")
            case "gone":
                self.gone.add(target)
                return _answer(self.chance.choice(self.way.gone))
            case "429":
                return _answer(b"429 Slow down", f"Retry-After: {self._later(target, self.moment):.0f}")
            case "429 by date" | "503 by another clock":
                # Dates have whole seconds.
                own = self.moment.replace(microsecond=0)
                until = own + timedelta(seconds=self._later(target, own))
                off = timedelta(hours=1) if "another" in mood else timedelta(0)
                dated = [f"Date: {format_datetime(self.moment - off, usegmt=True)}"] if off else []
                return _answer(
                    mood.encode()[:3] + b" Later", f"Retry-After: {format_datetime(until - off, usegmt=True)}", *dated
                )
            case "500" | "503":
                return _answer(mood.encode() + b" Down")
        return b""

    def _later(self, target: str, since: datetime) -> int:
        """Return in how many seconds this one may come again: before the next round, or after it."""
        seconds = self.chance.randrange(60, 6 * 3600)
        self.not_before[target] = since + timedelta(seconds=seconds)
        return seconds


def push(name: str, wanted: int) -> Cost:
    """A push service that is slow, hangs, breaks off, puts off, fails, forgets a browser, or takes and says nothing."""
    return _soaked(name, wanted, _Way(_browser, _answer(b"201 Created"), (b"404 No", b"410 Gone"), "gone", _no_browser))


def calls(name: str, wanted: int) -> Cost:
    """The same of servers that webhooks call; one that wants no more of them is switched off, and a letter says so."""
    return _soaked(name, wanted, _Way(_hook, _answer(b"204 Taken"), (b"410 Gone",), "failed", _switched_off))


for _scenario in (push, calls):
    _scenario.kills_by_itself = True  # type: ignore[attr-defined]


def _soaked(name: str, wanted: int, way: _Way) -> Cost:
    chance = random.Random(name)
    faults = dropped = lost = doubled = batch = 0
    with _in_a_hurry():
        while faults < wanted:
            batch += 1
            moody = _Moody(way, chance, clock.now())
            lost += _batch(making.community(f"{name}-{batch}", names={"fr": "Quartier"}), moody, wanted - faults)
            faults += moody.met.total() - moody.met["good"]
            dropped += sum(moody.met[mood] for mood in _TAKEN)
            doubled += moody.arrived.total() - len(moody.arrived)
    return Cost(name, batch, faults, lost, doubled, most_doubled=dropped)


def _batch(community: Community, moody: _Moody, wanted: int) -> int:
    """Release one item to all; return how many it did not reach, or did not end as it should for."""
    making.person(f"{community.slug}@example.org", role="administrator", at=community)
    steady = _Moody(moody.way, moody.chance, moody.moment, is_moody=False)
    silence = threading.Event()

    def silent(taken: Taken) -> bytes:
        if not silence.is_set():
            time.sleep(1.3 * _PATIENCE)
            raise HangsUp
        return steady.answer(taken)

    with ExitStack() as all_:
        servers = [all_.enter_context(PushService(each, "127.0.0.2")) for each in (moody.answer, silent, steady.answer)]
        paths: dict[UUID, str] = {}
        for server, number in zip(servers, (_MOODY, _SILENT, _STEADY), strict=True):
            for one in range(number):
                path = f"/{community.slug}/{server.origin[-5:]}/{one}"
                paths[moody.way.subscribe(community, server.origin + path)] = path
        making.released(at=community)
        _deliver((moody, steady), timedelta(0))
        assert len(steady.arrived) == _STEADY, "those behind a server that keeps silent are held up"
        silence.set()
        for at in range(1, _ROUNDS):
            moody.is_moody = moody.met.total() - moody.met["good"] < wanted
            _deliver((moody, steady), at * _LATER)
        moody.is_moody = False
        _deliver((moody, steady), _LAST)
    assert not moody.too_soon, "somebody was asked before the time that they had given, or after they were gone"
    gone = {recipient for recipient, path in paths.items() if path in moody.gone}
    assert moody.way.is_forgotten(community, gone)
    arrived = moody.arrived | steady.arrived
    states = dict(Delivery.stored.filter(dispatch__release__community=community).values_list("recipient_id", "state"))
    return sum(
        states.get(recipient) != (moody.way.ends if recipient in gone else _State.SENT)
        or (recipient not in gone and not arrived[path])
        for recipient, path in paths.items()
    )


def _deliver(servers: Sequence[_Moody], after: timedelta) -> None:
    moment = clock.now() + timedelta(seconds=20) + after
    for server in servers:
        server.moment = moment
    with clock.travel(moment):
        deliver()


@contextmanager
def _in_a_hurry() -> Iterator[None]:
    """Have the program wait less for who does not answer, and leave them alone no longer than a round takes."""
    settings.PERRON_PUSH_NETWORKS = settings.PERRON_WEBHOOK_NETWORKS = ["127.0.0.2/32"]
    with (
        patch.multiple(by_push, PATIENCE=_PATIENCE, _PAUSE=0.01, _LONGEST_PAUSE=0.01),
        patch.multiple(carrying_calls, _FIRST_PAUSE=0.01, _LONGEST_PAUSE=0.01),
        patch.object(by_call, "SECONDS", _PATIENCE),
    ):
        yield


def _answer(status: bytes, *headers: str) -> bytes:
    return b"\r\n".join([b"HTTP/1.1 " + status, *(each.encode() for each in headers), b"Content-Length: 0", b"", b""])


def _browser(community: Community, address: str) -> UUID:
    key: UUID = device(community, address).pk
    return key


def _no_browser(_community: Community, recipients: set[UUID]) -> bool:
    return not PushEndpoint.stored.filter(pk__in=recipients).exists()


def _hook(community: Community, address: str) -> UUID:
    key: UUID = hooks.begin(community, address, Choice(), language="fr", by=SYSTEM)[0].pk
    return key


def _switched_off(community: Community, recipients: set[UUID]) -> bool:
    told = Letter.objects.filter(kind="webhook-off", to=f"{community.slug}@example.org").count()
    off = Webhook.stored.filter(pk__in=recipients, state=Webhook.State.OFF).count()
    return told == off == len(recipients)
