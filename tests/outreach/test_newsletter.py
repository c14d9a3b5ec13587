"""Who gets the operator's news: who asked and confirmed, or is a client or user; who refused does not, for ever."""

from datetime import timedelta

import pytest
from django.core import signing
from django.db import connection
from django.test import Client

from perron.audience.keys import key_of
from perron.audience.models import Recipient
from perron.communities.contracting.contacts import add_contact
from perron.communities.models import Agreement, Platform
from perron.core import clock
from perron.core.errors import Conflict, Gone, NotAllowed, Refused
from perron.letters.models import Letter
from perron.letters.posting import post_due
from perron.outreach.models import NewsReader
from perron.outreach.newsletter import audience, joining, leaving, sending
from perron.outreach.newsletter.audience import Reader, basis_named
from perron.privacy import consents, journal, objections, restrictions, standing
from perron.privacy.acting import SYSTEM
from perron.privacy.among import Keys
from perron.privacy.clearing import NotCleared, clear
from perron.privacy.consents import OfAge, Shown
from perron.privacy.declaring import Activity
from perron.privacy.models import Consent, Restriction
from perron.privacy.policy.current import policy
from perron.privacy.policy.values import Basis
from perron.privacy.subjects import of_address, of_person
from tests import making
from tests.delivery.town import reader
from tests.outreach.readers import PAGE, basis, campaign, client_of, staff, stranger, token

pytestmark = pytest.mark.django_db

E = Activity.PROMOTION


def emails(*, consent: bool) -> list[str]:
    """Walk an audience as deliveries do, two at a time."""
    found, reached = basis_named(basis(consent=consent)), list[Reader]()
    while some := audience.walk(found, after=reached[-1].id if reached else None, most=2):
        reached += some
    assert audience.count(found) == len(reached)
    return [each.email for each in reached]


def test_nobody_has_a_row_before_they_confirmed_and_twice_is_as_good_as_once() -> None:
    joining.ask("anne@example.org", language="nl", age=13, page=PAGE)
    assert (NewsReader.stored.count(), Consent.objects.count()) == (0, 0)
    link = token()
    made = joining.confirm(link)
    assert joining.confirm(link) == made
    assert (made.email, made.language) == ("anne@example.org", "nl")
    agreed = Consent.objects.get()
    assert agreed.wording == joining.wording("nl")[0]
    assert (agreed.policy_version, agreed.form, agreed.of_age) == (policy().version.in_force, "newsletter", 13)
    clear(made.subject, E)


def test_a_link_that_is_altered_old_or_from_before_a_refusal_brings_nobody() -> None:
    joining.ask("anne@example.org", language="fr", age=13, page=PAGE)
    link = token()
    forged = signing.dumps(["eve@example.org", "fr", 13, "2026-11-01", clock.now().isoformat()], salt="another")
    for wrong in (link[:-1], link + "x", "", forged):
        with pytest.raises(Gone):
            joining.confirm(wrong)
    with clock.travel(clock.now() + joining.LASTS), pytest.raises(Gone):
        joining.confirm(link)
    leaving.stop_for("anne@example.org", language="fr", by=SYSTEM)
    with pytest.raises(Gone, match="stopped"):
        joining.confirm(link)
    assert not NewsReader.stored.exists()
    # Who asks after refusing has changed their mind.
    with clock.travel(clock.now() + timedelta(minutes=1)):
        clear(stranger().subject, E)


@pytest.mark.once
def test_an_address_that_is_none_or_somebody_too_young_is_refused() -> None:
    for wrong in ("", "nobody", "a@example.org\nBcc: b@example.org", "a@" + "x" * 320 + ".example"):
        with pytest.raises(Refused):
            joining.ask(wrong, language="fr", age=13, page=PAGE)
    with pytest.raises(Refused, match="13"):
        joining.ask("anne@example.org", language="fr", age=12, page=PAGE)
    assert not Letter.objects.exists()


def test_known_or_not_the_answer_and_the_letter_are_the_same_and_three_a_day_are_enough() -> None:
    stranger("known@example.org")
    Letter.objects.all().delete()
    for email in ("known@example.org", "new@example.org"):
        for _ in range(5):
            joining.ask(email, language="fr", age=13, page=PAGE)
        assert Letter.objects.filter(to=email, kind="news-confirm").count() == joining.A_DAY
    post_due()
    assert not Letter.objects.exclude(to="").exists(), "not even the address stays of a letter that was sent"


def test_audiences_are_kept_apart_and_each_address_is_in_one_once(front: Platform) -> None:
    stranger("anne@example.org")
    stranger("User@example.org")
    user = making.person("user@example.org")
    client_of(front.partner, "commune@example.org")
    client_of(making.partner("autre"), "commune@example.org")
    # Has an account too, and gets it by that.
    client_of(front.partner, "USER@example.org")
    add_contact(front.partner, by=SYSTEM, kind="officer", name="D", function="", email="dpo@example.org", phone="")
    client_of(making.partner("prospect", bound=False), "prospect@example.org")
    assert sorted(emails(consent=True)) == ["User@example.org", "anne@example.org"]
    assert sorted(emails(consent=False)) == ["commune@example.org", "user@example.org"]
    # Who refused, and agreed again by the switch of their account, is a reader by consent.
    objections.raise_objection(of_person(user.pk), E, by=user.actor)
    assert (emails(consent=False), emails(consent=True)) == (["commune@example.org"], ["anne@example.org"])
    with clock.travel(clock.now() + timedelta(minutes=1)):
        shown = Shown("Yes.", "fr", "my data", policy().version.in_force)
        consents.give(of_person(user.pk), E, basis(consent=True), shown=shown, age=OfAge(13), by=user.actor)
        assert emails(consent=False) == ["commune@example.org"]
        assert sorted(emails(consent=True)) == ["anne@example.org", "user@example.org"]


def test_a_client_is_one_as_long_as_an_agreement_binds(front: Platform) -> None:
    client_of(front.partner)
    subject = of_address("commune@example.org")
    clear(subject, E)
    child = making.partner("cpas", bound=False)
    child.parent = front.partner
    child.save()
    client_of(child, "cpas@example.org")
    assert emails(consent=False) == ["commune@example.org"]
    Agreement.objects.filter(partner=front.partner, kind="contract").update(with_children=True, language="de")
    assert sorted(emails(consent=False)) == ["commune@example.org", "cpas@example.org"]
    known = standing.of([subject], Keys.of([subject.id]))
    assert known.standing["client"] == {subject.id.hex}
    Agreement.objects.update(ended_at=clock.now())
    with pytest.raises(NotCleared):
        clear(subject, E)
    assert emails(consent=False) == []


def test_a_refusal_is_stronger_than_any_list_and_outlives_the_address(front: Platform) -> None:
    reader_ = stranger("anne@example.org")
    assert leaving.stop(audience.by_id([reader_.pk])[reader_.pk])
    assert not NewsReader.stored.exists()
    # A list with the address is put back: as a reader with the consent of then, as a client, as an account.
    NewsReader.stored.create(subject_id=reader_.subject_id, email="anne@example.org", language="fr")
    Consent.objects.filter(given=True).update(ended_at=None)
    client_of(front.partner, "anne@example.org")
    making.person("anne@example.org")
    assert (emails(consent=True), emails(consent=False)) == ([], [])


def test_whoever_is_restricted_gets_nothing(front: Platform) -> None:
    kept = stranger("anne@example.org")
    client_of(front.partner)
    user = making.person("user@example.org")
    for subject in (kept.subject, of_address("commune@example.org"), of_person(user.pk)):
        restrictions.restrict(subject, Restriction.Ground.ACCURACY, by=SYSTEM)
    assert (emails(consent=True), emails(consent=False)) == ([], [])


def test_however_a_consent_ends_the_address_goes_and_a_restore_does_not_bring_it_back() -> None:
    for email in ("by-right@example.org", "by-switch@example.org", "by-press@example.org", "stays@example.org"):
        stranger(email)
    consents.withdraw(of_address("by-switch@example.org"), E, form="my data", by=SYSTEM)
    objections.raise_objection(of_address("by-right@example.org"), E, by=SYSTEM)
    leaving.stop_for("by-press@example.org", language="fr", by=SYSTEM)
    assert leaving.let_go() == 2
    assert NewsReader.stored.get().email == "stays@example.org"
    # As a backup from before would have it.
    lost = of_address("by-press@example.org")
    NewsReader.stored.create(subject_id=lost.id, email="by-press@example.org", language="fr")
    Consent.objects.filter(subject_id=lost.id, given=True).update(ended_at=None)
    objections.close(lost)
    journal.replay(clock.now() - timedelta(hours=1))
    leaving.let_go()
    assert NewsReader.stored.get().email == "stays@example.org"


def test_ending_the_news_ends_no_subscription_and_the_reverse(front: Platform) -> None:
    liege = front.communities.get()
    subscribed = reader(liege, "anne@example.org")
    news = stranger("anne@example.org")
    leaving.stop(audience.by_id([news.pk])[news.pk])
    assert Recipient.stored.get() == subscribed
    clear(subscribed.subject, Activity.SUBSCRIPTIONS)
    with clock.travel(clock.now() + timedelta(minutes=1)):
        news = stranger("anne@example.org")
        from_community = f"/fr/subscription/{key_of(subscribed.pk)}/stop/"
        assert Client().post(from_community).status_code == 200
        assert not Recipient.stored.exists()
        assert NewsReader.stored.get() == news
        clear(news.subject, E)


def test_on_the_screens_from_the_form_to_the_last_press(front: Platform) -> None:
    http = Client()
    form = {"email": "anne@example.org", "of_age": "on", "website": ""}
    for wrong in ({"email": "anne"}, {"of_age": ""}, {"website": "x"}):
        assert http.post("/fr/newsletter/", form | wrong).status_code == 422
    assert http.post("/fr/newsletter/", form, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert not Letter.objects.exists()
    assert "/fr/newsletter/" in http.get("/fr/about/").text
    assert http.post("/fr/newsletter/", form)["Location"] == "/fr/newsletter/sent/"
    assert http.get("/fr/newsletter/sent/").status_code == 200
    link = f"/fr/newsletter/confirm/?token={token()}"
    for method in (http.get, http.head):
        assert method(link).status_code == 200
    assert not NewsReader.stored.exists()
    own = http.post("/fr/newsletter/confirm/", {"token": token()})["Location"]
    page = http.get(own).text
    assert "a…@example.org" in page
    assert "anne@" not in page
    for method in (http.get, http.head):
        assert method(f"{own}stop/").status_code == 302
    assert NewsReader.stored.exists()
    Letter.objects.all().delete()
    assert http.post(own).status_code == 200
    # Pressed twice, or by the mail program after the reader: it is as it should be, and told once.
    assert http.post(f"{own}stop/", {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert http.post(own).status_code == 200
    assert http.get(own).status_code == 410
    assert [letter.kind for letter in Letter.objects.all()] == ["news-stopped"]
    assert not http.cookies


def test_a_partners_app_offers_no_news_of_the_operator(front: Platform) -> None:
    making.platform(front.communities.get(), slug="luik", is_front=False)
    assert Client().get("/p/luik/fr/newsletter/").status_code == 404
    assert "/newsletter/" not in Client().get("/p/luik/fr/about/").text


def test_who_has_an_account_stops_it_by_the_key_and_stays_stopped(front: Platform) -> None:
    user = making.person("user@example.org")
    own = f"/nl/newsletter/{leaving.key_of(user.pk)}/"
    assert "u…@example.org" in Client().get(own).text
    assert Client(enforce_csrf_checks=True).post(f"{own}stop/", {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert objections.has_objected("user@example.org", E)
    assert emails(consent=False) == []
    assert 'href="/nl/newsletter/"' in Client().get(own).text
    assert Client().get(f"/nl/newsletter/{leaving.key_of(user.pk)[:-1]}x/").status_code == 410


def test_a_mail_that_says_stop_is_handled_by_one_action_at_the_desk(front: Platform) -> None:
    stranger("anne@example.org")
    visitor, desk = Client(), staff()
    written = {"first_name": "Anne", "name": "L", "email": "anne@example.org", "heading": "Stop", "text": "Stop."}
    visitor.post("/fr/contact/", written)
    path = desk.get("/desk/contact/").text.split('href="/desk/contact/')[2].split('"')[0]
    assert "stop_news" in desk.get(f"/desk/contact/{path}").text
    Letter.objects.all().delete()
    assert desk.post(f"/desk/contact/{path}", {"deed": "stop_news"}).status_code == 302
    assert not NewsReader.stored.exists()
    letter = Letter.objects.get()
    assert (letter.kind, letter.to) == ("news-stopped", "anne@example.org")
    assert post_due() == 1
    assert "stop_news" not in desk.get(f"/desk/contact/{path}").text
    assert desk.post(f"/desk/contact/{path}", {"deed": "stop_news"}).status_code == 409
    # By mail only, from an address that nothing is known of.
    form = {"email": "bert@example.org", "language": "de"}
    assert desk.post("/desk/contact/news/", form | {"email": "bert"}).status_code == 422
    assert desk.post("/desk/contact/news/", form)["Location"] == "/desk/contact/"
    assert objections.has_objected("bert@example.org", E)
    assert Letter.objects.get(to="bert@example.org").language == "de"
    assert desk.post("/desk/contact/news/", form).status_code == 422
    accountant = making.person(role="accountant")
    with pytest.raises(NotAllowed):
        leaving.stop_for("x@example.org", language="fr", by=accountant.actor)
    with pytest.raises(Conflict):
        leaving.stop_for("bert@example.org", language="fr", by=SYSTEM)


def test_a_contact_can_refuse_where_the_address_is_noted(front: Platform) -> None:
    add_contact(front.partner, by=SYSTEM, kind="contract", name="D", function="", email="d@example.org", phone="",
                refuses_promotion=True)  # fmt: skip
    assert emails(consent=False) == []


def test_nobody_waits_while_an_audience_is_counted(front: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    """On SQLite one transaction writes at a time, and a million are counted for minutes."""
    stranger()
    message, count = campaign(), audience.count
    transactions = [len(connection.savepoint_ids)]

    def counted(of: Basis) -> int:
        transactions.append(len(connection.savepoint_ids))
        return count(of)

    monkeypatch.setattr(audience, "count", counted)
    sending.send(message, expected=message.edition, number=1, by=SYSTEM)
    assert len(transactions) == 2
    assert transactions[0] == transactions[1]
