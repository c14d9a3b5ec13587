"""What staff enter for somebody who wrote or telephoned is worth as much as what people do by themselves."""

import io
import zipfile

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from perron.accounts import closing
from perron.accounts.models import Person
from perron.communities.roles import Role
from perron.core import clock
from perron.core.errors import Refused
from perron.outreach.models import Conversation
from perron.privacy import consents, objections
from perron.privacy.acting import SYSTEM, Actor
from perron.privacy.consents import OfAge, Shown
from perron.privacy.declaring import Activity
from perron.privacy.models import Objection, Party, Proof, Request
from perron.privacy.policy.current import policy
from perron.privacy.requests import parties, working
from perron.privacy.requests.carrying_out import carry_out
from perron.privacy.requests.finding import to_be_told
from perron.privacy.requests.grounds import Ground
from perron.privacy.requests.tables import Kind
from perron.privacy.requests.wording import prospects
from perron.privacy.subjects import of_address, of_person
from tests import making
from tests.requests.asking import ADDRESS, by_link, desk, letters, written

pytestmark = pytest.mark.django_db

ASKED = "Feuerstein-2291"


def wrote_to_us() -> None:
    making.platform(making.community())
    form = {"first_name": "Anne", "name": "Exemple", "email": ADDRESS, "heading": "Question", "text": ASKED}
    assert Client().post("/en/contact/", form, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 302
    assert Conversation.objects.count() == 1


def with_an_account() -> Person:
    """Return somebody who has an account, and has used the contact form besides."""
    person = making.person(ADDRESS)
    EmailAddress.objects.create(user=person, email=ADDRESS, verified=True)
    wrote_to_us()
    return person


def done_by_staff(row: Request) -> Request:
    carry_out(working.take_up(row, by=SYSTEM), by=SYSTEM)
    return working.answer(row, "Done.", by=SYSTEM)


def test_an_objection_by_letter_counts_as_soon_as_it_is_sure_who_wrote_it() -> None:
    address = of_address("letter@example.org")
    row = written(Kind.OBJECTION, activities=["E", "G", "B"], message="My situation.")
    assert not objections.has_objected(address, Activity.PROMOTION)
    working.confirm_identity(row, "rang back", by=SYSTEM)
    # Nobody objects to what rests on a contract: the answer says so.
    assert dict(Objection.objects.values_list("activity", "state")) == {"E": "upheld", "G": "raised"}
    working.answer(row, "We stop.", by=SYSTEM)
    assert set(Objection.objects.values_list("state", flat=True)) == {"upheld"}
    assert objections.has_objected(address, Activity.SOCIAL)


def test_an_objection_that_names_nothing_is_to_all_that_one_can_object_to_and_raised_once() -> None:
    row = written(Kind.OBJECTION, identified_by="known at the counter")
    assert set(Objection.objects.values_list("activity", flat=True)) == {"E", "G"}
    working.confirm_identity(row, "asked once more", by=SYSTEM)
    assert Objection.objects.count() == 2


def test_an_objection_to_promotion_is_never_refused() -> None:
    row = written(Kind.OBJECTION, activities=["E"], identified_by="known")
    with pytest.raises(Refused, match=r"21\(3\)"):
        working.refuse(row, Ground.COMPELLING, "We would like to.", by=SYSTEM)
    working.answer(working.take_up(row, by=SYSTEM), "We stop.", by=SYSTEM)


@pytest.mark.parametrize("deed", ["withdraw", "close_as_moot"])
def test_an_objection_that_is_taken_back_counts_no_more(deed: str) -> None:
    by_link().post("/account/rights/objection/", {"activity": "G", "message": "My situation."})
    row, address = Request.objects.get(), of_address(ADDRESS)
    assert objections.has_objected(address, Activity.SOCIAL)
    if deed == "withdraw":
        working.withdraw(row, by=Actor("address", address.id))
    else:
        working.close_as_moot(row, "Settled on the telephone.", by=SYSTEM)
    assert not objections.has_objected(address, Activity.SOCIAL)


def test_a_withdrawal_that_names_nothing_ends_every_consent() -> None:
    address = of_address("letter@example.org")
    shown = Shown("Yes, write to me.", "en", "newsletter", policy().version.in_force)
    consents.give(address, Activity.PROMOTION, "others", shown=shown, age=OfAge(30), by=SYSTEM)
    done_by_staff(written(Kind.WITHDRAWAL, identified_by="known"))
    assert not consents.has_given(address, Activity.PROMOTION, "others")


def test_the_archive_that_staff_fetch_has_what_belongs_to_the_account_and_to_its_address() -> None:
    person = with_an_account()
    row = written(Kind.ACCESS, email=ADDRESS, person=of_person(person.pk), identified_by="known")
    file = zipfile.ZipFile(io.BytesIO(desk().get(f"/desk/requests/{row.reference}/archive/").getvalue()))
    said = file.read("data.json").decode()
    assert ASKED in said
    assert str(person.pk) in said


def test_an_erasure_takes_what_belongs_to_the_account_and_to_its_address() -> None:
    person = with_an_account()
    done_by_staff(written(Kind.ERASURE, email=ADDRESS, person=of_person(person.pk), identified_by="known"))
    assert not Conversation.stored.exists()
    assert not Person.objects.filter(email=ADDRESS).exists()


def test_an_erasure_takes_no_more_than_was_asked_for() -> None:
    person = with_an_account()
    row = written(Kind.ERASURE, email=ADDRESS, person=of_person(person.pk), identified_by="known", activities=["B"])
    done_by_staff(row)
    assert not Conversation.stored.exists()
    assert Person.objects.filter(email=ADDRESS, is_active=True).exists()


def test_who_comes_back_after_closing_the_account_reaches_what_is_left_of_it() -> None:
    person = making.person(ADDRESS)
    closing.close(person, by=person.actor)
    browser = by_link()
    browser.post("/account/rights/access/", {})
    row = Request.objects.get()
    file = zipfile.ZipFile(io.BytesIO(browser.get(f"/account/rights/requests/{row.reference}/archive/").getvalue()))
    assert "Anne Exemple" in file.read("data.json").decode()
    assert by_link("somebody.else@example.org").get("/account/data/").content.count(b"Anne Exemple") == 0
    browser.post("/account/rights/erasure/", {"sure": "on"})
    assert not Person.objects.filter(name="Anne Exemple").exists()


def test_who_comes_by_a_link_and_has_an_account_hears_that_it_is_not_in_the_answer() -> None:
    making.person(ADDRESS)
    said = b"has an account too"
    assert said in by_link().get("/account/rights/access/").content
    assert said not in by_link("somebody.else@example.org").get("/account/rights/access/").content
    row = written(Kind.ACCESS, email=ADDRESS, identified_by="known")
    assert said in desk().get(f"/desk/requests/{row.reference}/").content


def test_who_must_be_told_of_an_erasure_is_noted_before_nothing_says_it_any_more() -> None:
    wrote_to_us()
    by_link().post("/account/rights/erasure/", {"sure": "on"})
    row = Request.objects.get()
    expected = set(policy().activities["B"].recipients)
    assert expected
    assert set(row.parties.values_list("recipient", flat=True)) >= expected
    assert list(to_be_told()) == [row]
    browser = desk()
    assert b"Recipients to be told" in browser.get("/desk/requests/").content
    for party in row.parties.all():
        browser.post(f"/desk/requests/{row.reference}/", {"told": str(party.pk)})
    assert not to_be_told()
    assert all(party["told"] == clock.today().isoformat() for party in Proof.objects.get().done["parties"])


def test_a_partner_that_had_the_data_is_told_by_letter_when_they_are_erased() -> None:
    worker = making.person(role=Role.EDITOR, at=making.community())
    making.person()
    boss = making.person()
    making.partner().members.create(person=boss, role=Role.ADMINISTRATOR)
    row = written(Kind.ERASURE, email=worker.email, person=of_person(worker.pk), identified_by="known")
    for party in row.parties.all():
        parties.acknowledge(party, by=SYSTEM)
    done_by_staff(row)
    told = row.parties.filter(capacity=Party.Capacity.RECIPIENT, tenant_id__isnull=False)
    assert [party.told_at is not None for party in told] == [True]
    assert letters("request-to-recipient")[0].address == boss.email


def test_what_an_erasure_would_do_is_what_it_does() -> None:
    wrote_to_us()
    browser = by_link()
    before = {each.name: bool(each.kept_because) for each in prospects([of_address(ADDRESS)])}
    assert before["That your address is known"]
    assert len(before) == len(prospects([of_address(ADDRESS)]))
    browser.post("/account/rights/erasure/", {"sure": "on"})
    receipt = str(letters("request-answered")[0].context["words"])
    assert all(f"{name}: kept" in receipt for name, stays in before.items() if stays)
    assert all(f"{name}: erased" in receipt for name, stays in before.items() if not stays)


def test_the_receipt_names_every_store() -> None:
    wrote_to_us()
    by_link().post("/account/rights/erasure/", {"sure": "on"})
    receipt = letters("request-answered")[0].context["words"]
    for said in ("Backups, which are encrypted", "on your own devices", "there was nothing: ", "Your account",
                 "Counts of what single addresses send, search and sign in: the program cannot reach"):  # fmt: skip
        assert said in str(receipt)
