"""The register of breaches: the clock of 72 hours, who is told, and what cannot be closed before."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from perron.accounts.models import Person
from perron.communities.models import Member
from perron.communities.roles import Role
from perron.core.clock import travel
from perron.core.errors import Conflict, NotAllowed, Refused
from perron.letters.models import Letter
from perron.letters.posting import post_due
from perron.letters.pulling import pull_due
from perron.privacy.acting import SYSTEM
from perron.privacy.breaches import entering, informing, telling
from perron.privacy.breaches.entering import Facts
from perron.privacy.breaches.tables import Breach, Risk
from perron.privacy.models import AuditEntry, BreachTold, EvidenceEntry, Restriction
from perron.privacy.requests.permitting import Tenant
from perron.privacy.restrictions import restrict
from perron.privacy.subjects import of_person
from tests import making
from tests.requests.asking import desk, letters, signed_in, staff

pytestmark = pytest.mark.django_db
# A Friday afternoon in Brussels.
KNOWN = datetime(2026, 11, 27, 15, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


def entered(**more: Any) -> Breach:
    staff()
    with travel(KNOWN + HOUR):
        return entering.enter(Facts(known_at=KNOWN, happened="A backup disk was stolen.", **more), by=SYSTEM)


def officer_of_ville() -> Person:
    person = making.person("officer@example.org")
    Member.objects.create(person=person, partner=making.partner(), role=Role.ADMINISTRATOR)
    return person


def test_the_clock_runs_from_when_it_was_known_and_staff_are_reminded_three_times() -> None:
    breach = entered()
    assert breach.due_at == datetime(2026, 11, 30, 15, 30, tzinfo=UTC)
    assert [letter.address for letter in letters("breach-new")] == ["operator@example.org"]
    told = []
    for hours in range(1, 100):
        with travel(KNOWN + hours * HOUR):
            told += [hours] * telling.remind()
    assert told == [24, 48, 72]
    assert (len(letters("breach-due")), len(letters("breach-overdue"))) == (2, 1)


@pytest.mark.parametrize("settled", ["notified", "unlikely"])
def test_nobody_is_reminded_of_what_is_settled(settled: str) -> None:
    breach = entered()
    with travel(KNOWN + 2 * HOUR):
        if settled == "notified":
            entering.notified(breach, KNOWN + 2 * HOUR, by=SYSTEM)
        else:
            entering.weigh(breach, Risk.UNLIKELY, "The disk is encrypted.", by=SYSTEM)
    with travel(KNOWN + 73 * HOUR):
        assert telling.remind() == 0


def test_a_worker_that_slept_reminds_once_of_the_latest() -> None:
    entered()
    with travel(KNOWN + 80 * HOUR):
        assert (telling.remind(), telling.remind()) == (1, 0)
    assert len(letters("breach-overdue")) == 1


def test_later_than_72_hours_needs_reasons() -> None:
    breach = entered()
    with travel(KNOWN + 80 * HOUR):
        entering.notified(breach, KNOWN + 72 * HOUR, by=SYSTEM)
        with pytest.raises(Refused, match=r"33\(1\)"):
            entering.notified(breach, KNOWN + 72 * HOUR + timedelta(minutes=1), by=SYSTEM)
        entering.notified(breach, KNOWN + 79 * HOUR, late_because="The supplier told us late.", by=SYSTEM)
        for wrong in (KNOWN + 90 * HOUR, KNOWN - HOUR):
            with pytest.raises(Refused):
                entering.notified(breach, wrong, by=SYSTEM)


def test_what_is_not_settled_is_not_closed() -> None:
    breach = entered()
    with travel(KNOWN + 5 * HOUR):
        with pytest.raises(Refused, match="weigh"):
            entering.close(breach, by=SYSTEM)
        entering.weigh(breach, Risk.HIGH, "Health data.", by=SYSTEM)
        with pytest.raises(Refused, match="authority"):
            entering.close(breach, by=SYSTEM)
        entering.notified(breach, KNOWN + 4 * HOUR, by=SYSTEM)
        with pytest.raises(Refused, match="people concerned"):
            entering.close(breach, by=SYSTEM)
        entering.leave_untold(breach, "The data were encrypted (art. 34(3)(a)).", by=SYSTEM)
        ville = making.partner()
        informing.tell_partners(breach, [Tenant(ville.pk, ville.name)], by=SYSTEM)
        with pytest.raises(Refused, match="partners"):
            entering.close(breach, by=SYSTEM)
        informing.told_by_hand(breach.parties.get(), by=SYSTEM)
        entering.close(breach, by=SYSTEM)
        with pytest.raises(Conflict):
            entering.weigh(breach, Risk.RISK, "After all.", by=SYSTEM)
    deeds = list(AuditEntry.objects.filter(object_id=breach.pk).order_by("pk").values_list("verb", flat=True))
    assert deeds[0] == "enter_breach"
    assert deeds[-1] == "close_breach"
    assert EvidenceEntry.objects.filter(deed="close_breach").count() == 1


def test_a_partner_is_told_by_letter_without_delay_and_confirms() -> None:
    breach, officer = entered(), officer_of_ville()
    ville = making.partner()
    informing.tell_partners(breach, [Tenant(ville.pk, ville.name)], by=SYSTEM)
    [letter] = letters("breach-to-partner")
    assert letter.address == "officer@example.org"
    link = str(letter.context["link"])
    page = link[link.index("/desk/") :]
    client = signed_in(officer)
    assert "A backup disk was stolen." in client.get(page).content.decode()
    assert breach.reference in client.get("/desk/partners/ville/breaches/").content.decode()
    client.post(page, {"acknowledge": "1"})
    assert breach.parties.get().acknowledged_at
    # Twice told is told once; nobody of another partner reads or confirms it.
    informing.tell_partners(breach, [Tenant(ville.pk, ville.name)], by=SYSTEM)
    assert len(letters("breach-to-partner")) == 1
    other = making.person()
    Member.objects.create(person=other, partner=making.partner("other"), role=Role.ADMINISTRATOR)
    assert signed_in(other).get(page).status_code == 404
    assert signed_in(other).get(page.replace("ville", "other")).status_code == 404
    with pytest.raises(NotAllowed):
        informing.acknowledge(breach.parties.get(), by=other.actor)


def test_people_are_told_each_once_in_their_language_restricted_ones_too() -> None:
    breach, anne, bert = entered(), making.person("anne@example.org"), making.person("bert@example.org")
    Person.objects.filter(pk=anne.pk).update(language="nl")
    restrict(of_person(bert.pk), Restriction.Ground.ACCURACY, by=SYSTEM)
    clerk = desk()
    form = {"words_fr": "Votre mot de passe.", "words_nl": "Uw wachtwoord.", "language": "fr",
            "addresses": "anne@example.org\nbert@example.org\nstranger@example.org"}  # fmt: skip
    page = f"/desk/breaches/{breach.reference}/people/"
    assert clerk.post(page, form).status_code == 302
    assert clerk.post(page, form | {"everybody": "on"}).status_code == 302
    telling.go_on_telling()
    told = {letter.address: letter.context["words"] for letter in letters("breach-to-person")}
    assert told["anne@example.org"] == "Uw wachtwoord."
    assert told["stranger@example.org"] == "Votre mot de passe."
    # The clerk has an account too.
    assert len(letters("breach-to-person")) == BreachTold.objects.count() == 4
    assert Breach.objects.get().told == 4
    pull_due()
    post_due()
    sent = Letter.objects.filter(kind="breach-to-person", was_sent=True)
    assert {letter.subject_id for letter in sent} >= {anne.pk, bert.pk}


@pytest.mark.once
@pytest.mark.parametrize(
    "wrong", [{"words_fr": " "}, {"addresses": "", "everybody": ""}, {"addresses": "anne@"}, {"words_fr": "x" * 20_001}]
)
def test_nobody_is_told_nothing_and_nothing_tells_nobody(wrong: dict[str, str]) -> None:
    breach = entered()
    form = {"words_fr": "Votre mot de passe.", "language": "fr", "addresses": "anne@example.org"} | wrong
    answer = desk().post(f"/desk/breaches/{breach.reference}/people/", form)
    assert answer.status_code == 422
    assert not BreachTold.objects.exists()


def test_only_the_data_protection_staff_keep_the_register() -> None:
    breach, somebody = entered(), making.person(role=Role.SUPPORT)
    with pytest.raises(NotAllowed):
        entering.enter(Facts(known_at=KNOWN, happened="x"), by=somebody.actor)
    with pytest.raises(NotAllowed):
        entering.weigh(breach, Risk.RISK, "x", by=somebody.actor)
    with pytest.raises(NotAllowed):
        informing.tell_people(breach, {"fr": "x"}, everybody=True, by=somebody.actor)
    assert signed_in(somebody).get("/desk/breaches/").status_code == 403
    officer = making.person("dpo@example.org", role=Role.DPO)
    entering.weigh(breach, Risk.RISK, "x", by=officer.actor)
    assert signed_in(officer).get(f"/desk/breaches/{breach.reference}/").status_code == 200
    entered()
    assert {letter.address for letter in letters("breach-new")} == {"operator@example.org", "dpo@example.org"}


def test_from_entering_to_the_text_for_the_authority_on_the_screens() -> None:
    clerk = desk()
    with travel(KNOWN + HOUR):
        form = {"known_at": "2026-11-27T16:30", "happened": "A backup disk was stolen.", "people": "1200"}
        assert clerk.post("/desk/breaches/new/", form | {"known_at": "2027-01-01T00:00"}).status_code == 422
        page = clerk.post("/desk/breaches/new/", form)["Location"]
    breach = Breach.objects.get()
    assert breach.known_at == KNOWN
    with travel(KNOWN + 10 * HOUR):
        assert "62 hours left to tell the authority" in clerk.get("/desk/breaches/").content.decode()
        assert clerk.post(f"{page}weigh/", {"risk": "risk", "why": "Names and addresses."}).status_code == 302
        assert clerk.post(f"{page}correct/", form | {"measures": "The locks are changed."}).status_code == 302
    with travel(KNOWN + 73 * HOUR):
        assert "had to be told" in clerk.get(page).content.decode()
        text = clerk.get(f"{page}notification/").content.decode()
        for told in ("A backup disk was stolen.", "1200", "The locks are changed.", "Names and addresses.",
                     "privacy@letsgocity.be", "Reasons for the delay"):  # fmt: skip
            assert told in text
        late = {"at": "2026-11-30T17:30"}
        assert clerk.post(f"{page}authority/", late).status_code == 422
        assert clerk.post(f"{page}authority/", late | {"late_because": "Holidays."}).status_code == 302
        clerk.post(page, {"close": "1"})
    assert Breach.objects.get().closed_at
    assert "More was said" in clerk.get(page).content.decode()
