from datetime import UTC, date, datetime, timedelta

import pytest

from perron.communities.models import Member
from perron.communities.roles import Role
from perron.core.clock import now, today, travel
from perron.core.errors import Conflict, NotAllowed, Refused
from perron.privacy.acting import SYSTEM, Actor
from perron.privacy.evidence.verifying import verify
from perron.privacy.models import EvidenceDetail, Party, Proof, Request
from perron.privacy.policy.current import policy
from perron.privacy.requests import carrying_out, parties, reminding, working
from perron.privacy.requests.entering import LONGEST_MESSAGE, Wish, enter, enter_for
from perron.privacy.requests.grounds import Ground
from perron.privacy.requests.tables import Channel, Identity, Kind, State
from perron.privacy.subjects import of_address, of_person
from tests import making
from tests.requests.asking import asked, letters, staff, written

pytestmark = pytest.mark.django_db

START = datetime(2026, 11, 24, 9, tzinfo=UTC)


def member_of_a_partner() -> tuple[Request, Member]:
    """Return an erasure that waits for a partner, and the partner's administrator."""
    worker = making.person(role=Role.EDITOR, at=making.community())
    administrator = Member.objects.create(person=making.person(), partner=making.partner(), role=Role.ADMINISTRATOR)
    wish = Wish(kind=Kind.ERASURE, email=worker.email, language="en")
    return carrying_out.exercise(wish, by=worker.actor, subjects=[of_person(worker.pk)]), administrator


def test_what_comes_by_letter_counts_from_the_day_it_came() -> None:
    with travel(START):
        row = written(received=date(2026, 11, 2), identified_by="known at the counter")
        assert (row.due_on, row.identity, row.channel) == (date(2026, 12, 2), Identity.STAFF, Channel.LETTER)
        with pytest.raises(Refused, match="future"):
            written(received=date(2026, 11, 25))
        assert written(email="").subject_id is None
    received = letters("request-received")[0]
    assert received.address == "letter@example.org"
    assert (received.context["received_day"], received.context["due_day"]) == ("2026-11-02", "2026-12-02")


def test_only_staff_enter_for_others_and_nobody_asks_for_somebody_else() -> None:
    stranger, other = making.person(), making.person()
    wish = Wish(kind=Kind.ACCESS, email=other.email)
    with pytest.raises(NotAllowed):
        enter_for(wish, by=stranger.actor, channel=Channel.LETTER, received_on=today())
    with pytest.raises(NotAllowed):
        enter(wish, by=stranger.actor, about=of_person(other.pk))
    with pytest.raises(NotAllowed):
        enter(wish, by=Actor("address", other.pk), about=of_address(other.email))
    with pytest.raises(Refused, match="reached"):
        enter_for(wish, by=staff().actor, channel=Channel.ACCOUNT, received_on=today())


@pytest.mark.parametrize(
    "wish",
    [
        {"email": "nobody"},
        {"name": "x" * 101},
        {"message": "x" * (LONGEST_MESSAGE + 1)},
        {"message": "\0"},
        {"language": "xx"},
        {"activities": ["Z"]},
        {"email": "", "name": " "},
    ],
)
def test_what_cannot_be_taken_is_refused(wish: dict[str, object]) -> None:
    with pytest.raises(Refused):
        written(**wish)  # type: ignore[arg-type]
    assert not Request.objects.exists()


def test_the_same_is_not_asked_twice_while_it_is_open() -> None:
    person = making.person()
    row = asked(person=person)
    with pytest.raises(Conflict, match=row.reference):
        asked(person=person)
    working.withdraw(row, by=person.actor)
    assert asked(person=person).state == State.RECEIVED


def test_the_time_in_which_the_identity_is_in_doubt_does_not_count() -> None:
    with travel(START):
        row = written()
        with pytest.raises(Refused, match="who asks"):
            working.answer(working.take_up(row, by=SYSTEM), "Here.", by=SYSTEM)
        working.ask_identity(row, "Send your customer number.", by=SYSTEM)
    asking = letters("identity-asked")[0].context
    assert asking["words"] == "Send your customer number."
    with travel(START + timedelta(days=10)):
        working.confirm_identity(row, "gave the number", by=SYSTEM)
        assert (row.paused_days, row.due_on, row.state) == (10, date(2027, 1, 4), State.IN_PROGRESS)
        working.answer(row, "Here it is.", by=SYSTEM)
    assert "gave the number" not in str(letters())


def test_an_extension_needs_reasons_and_the_first_month() -> None:
    with travel(START):
        row = asked()
        with pytest.raises(Refused):
            working.extend(row, "  ", by=SYSTEM)
    with travel(START + timedelta(days=31)), pytest.raises(Refused, match="2026-12-24"):
        working.extend(row, "Many requests.", by=SYSTEM)
    with travel(START + timedelta(days=30)):
        working.extend(row, "Many requests.", by=SYSTEM)
    assert row.due_on == date(2027, 2, 24)
    context = letters("request-extended")[0].context
    assert (context["words"], context["due_day"]) == ("Many requests.", "2027-02-24")
    with pytest.raises(Conflict):
        working.extend(row, "Again.", by=SYSTEM)


@pytest.mark.parametrize("ground", list(Ground))
def test_every_refusal_says_why_and_where_to_go(ground: Ground) -> None:
    row = working.refuse(asked(), ground, "Because of this.", by=SYSTEM)
    context = letters("request-refused")[0].context
    assert (context["words"], context["citation"]) == ("Because of this.", ground.citation)
    assert policy().authority.body.street in str(context["authority"])
    assert context["complaint_page"] == policy().authority.complaint_page
    assert Proof.objects.get(pk=row.pk).done["ground"] == ground.value


def test_the_proof_holds_nothing_that_was_written() -> None:
    row = working.take_up(asked(), by=staff().actor)
    working.answer(row, "My dear Anne.", by=staff().actor)
    kept = Proof.objects.get(pk=row.pk)
    assert (kept.name, kept.first_name, kept.kind, kept.outcome) == ("Exemple", "Anne", "complaint", "answered")
    assert [step["deed"] for step in kept.done["deeds"]] == ["enter", "take_up", "answer"]
    for secret in ("Help.", "My dear", row.email):
        assert secret not in str(kept.done)
    settled = set(EvidenceDetail.objects.filter(request_id=row.pk).values_list("settled_at", flat=True))
    assert len(settled) == 1
    assert row.closed_at
    assert settled.pop() >= row.closed_at  # type: ignore[operator]


def test_the_evidence_of_a_closed_request_is_whole_as_the_clock_goes_on_between_two_deeds() -> None:
    row = working.take_up(asked(), by=SYSTEM)
    working.answer(row, "Done.", by=SYSTEM)
    parties.tell(working.refuse(asked(Kind.ERASURE), Ground.LAW, "No.", by=SYSTEM), ["host"], by=SYSTEM)
    assert EvidenceDetail.objects.filter(request_id=row.pk, settled_at__isnull=False).count() == 3
    assert verify().findings == ()


def test_a_partner_that_is_controller_is_told_and_decides() -> None:
    row, administrator = member_of_a_partner()
    assert row.state == State.RECEIVED
    party = row.parties.get(capacity=Party.Capacity.CONTROLLER)
    assert party.told_at is not None
    assert letters("request-to-controller")[0].address == administrator.person.email
    working.take_up(row, by=administrator.person.actor)
    with pytest.raises(Conflict, match="decides"):
        carrying_out.carry_out(row, by=staff().actor)
    with pytest.raises(NotAllowed):
        parties.acknowledge(party, by=making.person().actor)
    parties.acknowledge(party, by=administrator.person.actor)
    assert carrying_out.carry_out(row, by=staff().actor)["receipt"]


def test_another_partners_administrator_has_no_part_in_it() -> None:
    row, _administrator = member_of_a_partner()
    other = Member.objects.create(person=making.person(), partner=making.partner("other"), role=Role.ADMINISTRATOR)
    with pytest.raises(NotAllowed):
        working.take_up(row, by=other.person.actor)


def test_recipients_are_told_and_acknowledge_and_the_proof_says_so() -> None:
    row, _administrator = member_of_a_partner()
    with pytest.raises(NotAllowed):
        parties.tell(row, ["host"], by=making.person().actor)
    with pytest.raises(Refused):
        parties.tell(row, ["nobody"], by=SYSTEM)
    told = parties.tell(row, ["host", "partner"], by=staff().actor)
    assert len(letters("request-to-recipient")) == 1
    working.refuse(row, Ground.LAW, "No.", by=SYSTEM)
    parties.acknowledge(told[0], by=staff().actor)
    kept = {(p["capacity"], p["who"]): p for p in Proof.objects.get(pk=row.pk).done["parties"]}
    assert kept["recipient", policy().recipients["host"].name]["acknowledged"] == today().isoformat()
    assert kept["recipient", "Ville"]["acknowledged"] is None


def test_nobody_is_told_of_what_changes_nothing() -> None:
    assert parties.recipients_of(asked(Kind.ACCESS)) == []


def test_staff_hear_of_deadlines_and_of_nothing_twice_a_day() -> None:
    staff()
    with travel(START):
        row, paused = asked(), written()
        working.ask_identity(paused, "Who?", by=SYSTEM)
        due = START.replace(day=24, month=12)
    sent = []
    for days in (-8, -7, -6, -1, -1, 0, 1, 1, 2):
        with travel(due + timedelta(days=days)):
            reminding.remind()
            sent.append((len(letters("request-due")), len(letters("request-overdue"))))
    assert sent == [(0, 0), (1, 0), (1, 0), (2, 0), (2, 0), (2, 0), (2, 1), (2, 1), (2, 2)]
    with travel(due + timedelta(days=1)):
        working.refuse(row, Ground.UNFOUNDED, "No.", by=SYSTEM)
        assert reminding.remind() == 0


def test_what_is_gone_cannot_be_worked_on() -> None:
    row = asked()
    Request.objects.all().delete()
    with pytest.raises(Conflict, match="gone"):
        working.take_up(row, by=SYSTEM)


def test_now_is_a_moment_of_the_clock() -> None:
    with travel(START):
        assert asked().received_on == now().date()
