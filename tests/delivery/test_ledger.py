"""What editors are told of an item's messages: whole tens, and nothing that a small number can be found by."""

import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any
from uuid import uuid4

import pytest

from perron.communities.models import Community
from perron.core import clock
from perron.delivery import ledger
from perron.delivery.digests.rounds import begin_round, forget
from perron.delivery.ledger import Line, OfChannel
from perron.delivery.models import Delivery, Dispatch
from perron.delivery.working import deliver
from perron.privacy.acting import SYSTEM
from perron.privacy.declaring import Activity
from perron.publishing import releasing
from perron.publishing.models import Item, Release
from perron.publishing.sharing import answering, placing
from tests import making
from tests.channels.mail_server import MailServer
from tests.delivery.town import reader
from tests.studio.conftest import signed_in

pytestmark = pytest.mark.django_db

WEDNESDAY = datetime(2026, 11, 25, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def dispatched(item: Item, *ends: tuple[str, str, int], **more: Any) -> Dispatch:
    """Plant so many messages about an item that ended so."""
    release = item.releases.latest("at")
    dispatch = Dispatch.objects.create(
        source="release", about=release.pk, release=release, priority=10, not_before=clock.now(),
        expires_at=clock.now() + HOUR, expanded_at=clock.now(), **more,
    )  # fmt: skip
    Delivery.stored.bulk_create(
        Delivery(dispatch=dispatch, activity=Activity.SUBSCRIPTIONS, subject_kind="address", subject_id=uuid4(),
                 channel="email", recipient_id=uuid4(), due_at=clock.now(), state=state, failure=why)
        for state, why, number in ends
        for _ in range(number)
    )  # fmt: skip
    return dispatch


def test_editors_read_whole_tens_and_nothing_of_what_few_have_in_common(liege: Community) -> None:
    editor = signed_in(making.person("editor@example.org", role="editor", at=liege))
    item = making.released(at=liege)
    few = [("failed", f"550 5.7.{number}", 4) for number in range(3)]
    dispatched(item, ("sent", "", 58), ("given_up", "unreachable", 11), ("gone", "", 7), *few)
    page = editor.get(f"/studio/liege/items/{item.pk}/sent/").content.decode()
    numbers = re.findall(r"<td>(.*?)</td>", page)
    assert numbers == ["80 or more", "50 or more", "10 or more", "10 or more", "fewer than 10", "fewer than 10"]
    assert "did not answer" in page, "why eleven failed is told"
    assert "550" not in page, "why four failed is not"
    assert "unsubscribed" not in page, "that few left is not told from nobody having left"
    assert [each.wanted for each in ledger.of_item(item)[0].channels] == [88], "the operator knows it exactly"


def test_nobody_and_a_few_look_the_same(liege: Community) -> None:
    def shown(item: Item) -> Any:
        return [line.channels for line in ledger.for_editors(item)]

    nobody, few = making.released(at=liege), making.released(at=liege)
    dispatched(nobody)
    dispatched(few, ("sent", "", 3), ("refused", "restricted", 1))
    assert shown(nobody) == shown(few)
    Release.objects.update(what="corrected")
    assert shown(few) == [], "nor is it told that a few have its correction"


@pytest.mark.once
def test_no_small_number_can_be_found_by_adding_up(liege: Community) -> None:
    release = Release(item=making.draft(at=liege), what=Release.What.RELEASED)
    nobody = OfChannel("digest", 0, [])
    could_be: dict[str, set[tuple[int, ...]]] = {}
    for numbers in product(range(24), repeat=3):
        states = zip(("sent", "gone", "waiting"), numbers, strict=True)
        channel = OfChannel("e-mail", sum(numbers), [(state, "", number) for state, number in states if number])
        shown = repr(ledger.in_tens(Line(release, "", Counter(), [channel], nobody, True)))
        could_be.setdefault(shown, set()).add(numbers)
    # Those at the end of the range could be more than was tried here.
    inner = [found for found in could_be.values() if max(max(each) for each in found) < 20]
    assert inner
    assert all(len({each[place] for each in found}) > 1 for found in inner for place in range(3))


def test_who_gets_it_in_a_digest_is_counted_before_and_after(liege: Community, server: MailServer) -> None:
    water = making.community("water", kind="public_service")
    with clock.travel(WEDNESDAY):
        since: Any = {"since": clock.now() - 30 * HOUR, "collected_since": clock.now()}
        readers = [reader(liege, rhythm="daily", **since) for _ in range(4)]
        reader(liege, rhythm="weekly", **since)
        reader(liege, kinds=["event"], rhythm="daily", **since)
        reader(water, rhythm="daily", **since)
        # By one of two communities at once, so not in the digest of the other.
        reader(water, "both@example.org", since=since["since"])
        reader(liege, "both@example.org", rhythm="daily", **since)
    with clock.travel(WEDNESDAY + HOUR):
        item, withdrawn = (making.released(at=water, title=title) for title in ("Eau", "Retiré"))
        placements = [placing.offer(each, [liege], by=SYSTEM)[0] for each in (item, withdrawn)]
    with clock.travel(WEDNESDAY + 2 * HOUR):
        for placement in placements:
            answering.accept(placement, by=SYSTEM)
        deliver()
        assert in_digests(item) == {"on its way": 6}

    def morning(days: int) -> None:
        with clock.travel(WEDNESDAY.replace(hour=6, minute=5) + timedelta(days=days)):
            begin_round()
            deliver()
            forget()

    with clock.travel(WEDNESDAY + 3 * HOUR):
        releasing.withdraw(Item.objects.get(pk=withdrawn.pk), by=SYSTEM)
        server.answers["RCPT"] = lambda line: "554 5.7.1 No" if readers[1].email in line else ""
    morning(1)
    with clock.travel(WEDNESDAY + timedelta(days=1)):
        found = in_digests(item)
    assert found == {"on its way": 1 + 1, "sent": 4}, "one waits for Monday, one for being tried again"
    assert in_digests(withdrawn) == {}
    morning(5)
    assert in_digests(item) == {"sent": 5, "not taken by the other side": 1}
    assert ledger.for_editors(item)[-1].channels[2].wanted == "fewer than 10"


def in_digests(item: Item) -> dict[str, int]:
    line = next(line for line in ledger.of_item(Item.objects.get(pk=item.pk)) if not line.taken_over_by)
    assert sum(number for _state, _why, number in line.in_digests.said) == line.in_digests.wanted
    return {state: number for state, _why, number in line.in_digests.said}
