from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest
from django.urls import reverse

from perron.communities import versions
from perron.communities.models import Community
from perron.core import clock
from perron.core.errors import Conflict, NotAllowed, NotFound, Refused
from perron.letters.models import Letter
from perron.privacy.acting import SYSTEM
from perron.privacy.clearing import clear
from perron.privacy.declaring import Activity
from perron.privacy.models import AuditEntry
from perron.publishing import drafting, releasing
from perron.publishing.models import Item, Placement
from perron.publishing.sharing import answering, placing
from perron.publishing.sharing.telling import tell_of_waiting_offers
from tests import making

pytestmark = pytest.mark.django_db


@pytest.fixture
def liege() -> Community:
    return making.community()


@pytest.fixture
def water() -> Community:
    return tier("water")


def tier(slug: str) -> Community:
    return making.community(slug, kind=Community.Kind.PUBLIC_SERVICE)


def offered(item: Item, *communities: Community) -> list[Placement]:
    return placing.offer(item, communities, by=SYSTEM)


def moved(before: dict[str, int], communities: Sequence[Community]) -> list[str]:
    after = versions.current()
    keys = {versions.of_community(one): one.slug for one in communities}
    return [slug for key, slug in keys.items() if after.get(key, 0) != before.get(key, 0)]


def test_a_community_is_asked_when_the_item_is_public(liege: Community, water: Community) -> None:
    item = making.draft(at=water)
    (placement,) = offered(item, liege)
    assert placement.state == "offered"
    assert not answering.waiting(liege).exists()
    releasing.release(item, by=SYSTEM, expected=1)
    assert [one.item for one in answering.waiting(liege)] == [item]


def test_an_answer_leaves_who_gave_it_and_a_trace(liege: Community, water: Community) -> None:
    editor = making.person(role="editor", at=liege)
    (placement,) = offered(making.released(at=water), liege)
    done = answering.accept(placement, by=editor.actor)
    assert (done.state, done.decided_by) == ("accepted", editor)
    assert AuditEntry.objects.get(verb="accept").actor_id == editor.pk
    with pytest.raises(Conflict):
        answering.accept(placement, by=editor.actor)


def test_who_can_answer_is_told_once_of_what_waits(liege: Community, water: Community) -> None:
    making.person("author@example.org", role="author", at=liege)
    making.person("editor@example.org", role="editor", at=liege)
    herstal = making.community("herstal")
    partners = making.person("partner@example.org")
    herstal.partner.members.create(person=partners, role="administrator")
    for number in range(2):
        offered(making.released(at=water, title=f"Coupure {number}"), liege)
    offered(making.released(at=water, title="Fuite"), herstal)
    offered(making.draft(at=water), liege)

    def told(days: int) -> list[tuple[str, int]]:
        with clock.travel(clock.now() + timedelta(days=days)):
            tell_of_waiting_offers()
        letters = Letter.objects.filter(kind="offers-waiting")
        return sorted((letter.to, letter.context["number"]) for letter in letters)

    assert told(2) == []
    assert told(4) == told(9) == [("editor@example.org", 2), ("partner@example.org", 1)]
    letter = Letter.objects.get(to="editor@example.org")
    assert [offer["title"] for offer in letter.context["offers"]] == ["Coupure 0", "Coupure 1"]
    assert letter.context["link"].endswith(reverse("studio:offers", args=["liege"]))
    assert not isinstance(clear(letter.whose, Activity.STAFF), str)


def test_the_sender_reads_why_it_was_declined(liege: Community, water: Community) -> None:
    (placement,) = offered(making.released(at=water), liege)
    with pytest.raises(Refused):
        answering.decline(placement, "  ", by=SYSTEM)
    answering.decline(placement, "Ne concerne\nque Herstal." + "x" * 500, by=SYSTEM)
    placement.refresh_from_db()
    assert placement.state == "declined"
    assert placement.reason.startswith("Ne concerne que Herstal.")
    assert len(placement.reason) <= 300


@pytest.mark.parametrize(("answer", "state"), [("ask", "offered"), ("always", "accepted"), ("never", "declined")])
def test_a_stance_answers_what_comes_and_what_waits(
    liege: Community, water: Community, answer: str, state: str
) -> None:
    (waits,) = offered(making.released(at=water), liege)
    answering.settle(liege, water, answer, by=SYSTEM)
    (comes,) = offered(making.released(at=water, title="Autre"), liege)
    waits.refresh_from_db()
    assert (waits.state, comes.state) == (state, state)
    assert answering.stance(liege, water) == answer


def test_a_stance_is_for_one_sender(liege: Community, water: Community) -> None:
    answering.settle(liege, water, "always", by=SYSTEM)
    (other,) = offered(making.released(at=tier("police")), liege)
    assert other.state == "offered"


def test_everybody_does_only_their_part(liege: Community, water: Community) -> None:
    item = making.released(at=water)
    theirs = making.person(role="editor", at=water).actor
    ours = making.person(role="editor", at=liege).actor
    author = making.person(role="author", at=water).actor
    for by in (author, ours):
        with pytest.raises(NotAllowed):
            placing.offer(item, [liege], by=by)
    (placement,) = placing.offer(item, [liege], by=theirs)
    for deed in (
        lambda: answering.accept(placement, by=theirs),
        lambda: answering.decline(placement, "Non.", by=theirs),
        lambda: answering.settle(liege, water, "always", by=ours),
        lambda: placing.take_back(item, [liege], by=ours),
    ):
        with pytest.raises(NotAllowed):
            deed()
    placement.refresh_from_db()
    assert placement.state == "offered"


def test_only_public_services_offer_and_only_to_communes_and_public_services(
    liege: Community, water: Community
) -> None:
    with pytest.raises(Refused):
        offered(making.released(), water)
    club = making.community("club", kind=Community.Kind.ASSOCIATION)
    for wrong in (club, water):
        with pytest.raises(Refused):
            offered(making.released(at=water), wrong)
    assert not Placement.objects.exists()


def test_two_upper_tiers_in_a_ring_end_where_they_began() -> None:
    one, other = tier("one"), tier("other")
    answering.settle(one, other, "always", by=SYSTEM)
    answering.settle(other, one, "always", by=SYSTEM)
    both = making.person(role="editor", at=one)
    other.members.create(person=both, role="editor")
    item = making.released(at=one)
    placing.offer(item, [other], by=both.actor)
    # Whoever may act for both cannot pass it on, nor back: it is one item, and its author's.
    with pytest.raises(Refused):
        placing.offer(item, [one], by=both.actor)
    stranger = making.person(role="editor", at=other)
    with pytest.raises(NotAllowed):
        placing.offer(item, [tier("third")], by=stranger.actor)
    item = drafting.save(item, making.content(title="Corrigé"), by=SYSTEM, expected=1)
    before = versions.current()
    releasing.release(item, by=SYSTEM, expected=2)
    assert sorted(moved(before, [one, other])) == ["one", "other"]
    assert (Item.objects.count(), Placement.objects.count()) == (1, 1)


def test_a_release_makes_stale_exactly_who_shows_it(liege: Community, water: Community) -> None:
    asked, declined, bystander = (making.community(slug) for slug in ("asked", "declined", "bystander"))
    everybody = [liege, water, asked, declined, bystander]
    answering.settle(liege, water, "always", by=SYSTEM)
    answering.settle(declined, water, "never", by=SYSTEM)
    item = making.draft(at=water)
    offered(item, liege, asked, declined)

    def correct() -> None:
        drafting.save(item, making.content(title="Neuf"), by=SYSTEM, expected=1)
        releasing.release(item, by=SYSTEM, expected=2)

    deeds: list[Callable[[], object]] = [
        lambda: releasing.release(item, by=SYSTEM, expected=1),
        correct,
        lambda: releasing.withdraw(item, by=SYSTEM),
    ]
    for deed in deeds:
        before = versions.current()
        deed()
        assert sorted(moved(before, everybody)) == ["liege", "water"]


def test_an_answer_makes_stale_only_who_gave_it(liege: Community, water: Community) -> None:
    (placement,) = offered(making.released(at=water), liege)
    for deed, stale in (
        (lambda: answering.accept(placement, by=SYSTEM), ["liege"]),
        (lambda: answering.decline(placement, "Non.", by=SYSTEM), ["liege"]),
        (lambda: placing.take_back(placement.item, [liege], by=SYSTEM), []),
    ):
        before = versions.current()
        deed()
        assert moved(before, [liege, water]) == stale


def test_what_is_taken_back_cannot_be_answered(liege: Community, water: Community) -> None:
    (placement,) = offered(making.released(at=water), liege)
    placing.take_back(placement.item, [liege], by=SYSTEM)
    with pytest.raises(Conflict):
        answering.accept(placement, by=SYSTEM)
    with pytest.raises(NotFound):
        answering.find(liege, placement.pk)


def test_an_offer_again_keeps_the_answer(liege: Community, water: Community) -> None:
    item = making.released(at=water)
    (placement,) = offered(item, liege)
    answering.decline(placement, "Non.", by=SYSTEM)
    assert offered(item, liege) == []
    assert Placement.objects.get().state == "declined"


def test_what_was_withdrawn_is_not_offered(liege: Community, water: Community) -> None:
    item = releasing.withdraw(making.released(at=water), by=SYSTEM)
    with pytest.raises(Refused):
        offered(item, liege)
