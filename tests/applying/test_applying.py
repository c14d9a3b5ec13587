"""Shops and associations apply to a commune; it asks, accepts, declines, and looks at the first items."""

import html
import json
from datetime import timedelta

import pytest
from django.test import Client

from perron.accounts.models import Person
from perron.communities.applying import deciding, receiving
from perron.communities.models import Application, ApplicationEntry, Apprenticeship, Community
from perron.communities.writing import Unfit
from perron.core import clock
from perron.core.errors import Conflict, NotAllowed, NotFound, Refused
from perron.letters.models import Letter
from perron.privacy.policy.texts import texts
from perron.privacy.retaining import expire
from perron.publishing import guiding, releasing
from perron.publishing.models import Item
from perron.publishing.sources.importing import Options, import_file
from tests import making
from tests.studio.conftest import signed_in

pytestmark = pytest.mark.django_db

WRITTEN = {"kind": "association", "name": "Les Amis du Parc", "contact": "Anne Lambert", "email": "anne@example.org",
           "why": "Nos balades du dimanche."}  # fmt: skip


@pytest.fixture
def liege() -> Community:
    commune = making.community(names={"fr": "Liège"})
    making.platform(commune)
    return commune


@pytest.fixture
def mayor(liege: Community) -> Person:
    return making.person("mayor@example.org", role="administrator", at=liege)


def applied(commune: Community, **more: str) -> Application:
    return receiving.apply(receiving.Applied(**(WRITTEN | more)), commune, language="fr")


def taken_up(commune: Community, by: Person, first_items: int = 3) -> Community:
    return deciding.accept(applied(commune), by=by.actor, first_items=first_items)


def test_an_application_is_kept_and_confirmed_without_repeating_what_was_written(liege: Community) -> None:
    made = applied(liege, name="Buy http://evil.example")
    letter = Letter.objects.get()
    assert letter.kind == "application-received"
    assert "evil" not in str(letter.context)
    assert letter.context["reference"] == made.reference


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("kind", "commune"),
        ("kind", ""),
        ("name", " \u202e "),
        ("name", "x" * 121),
        ("contact", ""),
        ("email", "nobody"),
        ("email", "a@example.org\nBcc: b@example.org"),
        ("why", "\x00"),
        ("why", "x" * 2001),
        ("postal_code", "40OO"),
        ("website", "javascript:alert(1)"),
        ("hours", "x" * 301),
    ],
)
def test_what_cannot_be_taken_is_said_beside_its_field(liege: Community, column: str, value: str) -> None:
    with pytest.raises(Unfit) as refused:
        applied(liege, **{column: value})
    assert column in refused.value.fields
    assert not Application.stored.exists()
    assert not Letter.objects.exists()


def test_an_address_and_a_commune_take_only_so_many(liege: Community) -> None:
    for _ in range(receiving.A_DAY):
        applied(liege)
    with pytest.raises(Refused):
        applied(liege, email="ANNE@example.org")
    for number in range(receiving.AN_HOUR - receiving.A_DAY):
        applied(liege, email=f"somebody-{number}@example.org")
    with pytest.raises(Refused):
        applied(liege, email="one.more@example.org")
    with clock.travel(clock.now() + timedelta(days=1, minutes=1)):
        applied(liege)


def test_only_communes_take_applications(liege: Community) -> None:
    club = making.community("club", kind=Community.Kind.ASSOCIATION)
    with pytest.raises(NotFound):
        applied(club)
    assert Client().get("/fr/club/join/").status_code == 404
    assert "/fr/club/join/" not in Client().get("/fr/club/").content.decode()
    assert "/fr/liege/join/" in Client().get("/fr/liege/").content.decode()


def test_a_question_and_its_answer_stay_in_one_thread(liege: Community, mayor: Person) -> None:
    made = applied(liege)
    deciding.ask(made, "Où ?", by=mayor.actor)
    made.refresh_from_db()
    assert made.state == "asked"
    deciding.add_answer(made, "Au parc.", by=mayor.actor)
    deciding.ask(made, "Quand ?", by=mayor.actor)
    first, second = Letter.objects.filter(kind="application-question").order_by("pk")
    assert second.references == [first.message_id]
    assert second.reply_to == "mayor@example.org"
    assert [entry.kind for entry in ApplicationEntry.objects.all()] == ["question", "answer", "question"]


def test_declining_needs_a_reason_and_decides_once(liege: Community, mayor: Person) -> None:
    made = applied(liege)
    with pytest.raises(Refused):
        deciding.decline(made, " ", by=mayor.actor)
    deciding.decline(made, "Pas de Liège.", by=mayor.actor)
    assert Letter.objects.filter(kind="application-declined").get().context["text"] == "Pas de Liège."
    with pytest.raises(Conflict):
        deciding.accept(made, by=mayor.actor)
    assert Community.objects.count() == 1


def test_only_the_communes_administrators_decide(liege: Community) -> None:
    made = applied(liege)
    elsewhere = making.community("herstal")
    for person in (
        making.person("e@example.org", role="editor", at=liege),
        making.person("h@example.org", role="administrator", at=elsewhere),
    ):
        for deed in (
            lambda by: deciding.accept(made, by=by),
            lambda by: deciding.decline(made, "Non.", by=by),
            lambda by: deciding.ask(made, "Où ?", by=by),
            lambda by: deciding.add_answer(made, "Là.", by=by),
        ):
            with pytest.raises(NotAllowed):
                deed(person.actor)
    assert Application.objects.get().state == "open"


def test_accepting_founds_the_community_and_invites_the_applicant(liege: Community, mayor: Person) -> None:
    applied_for = applied(liege, website="https://parc.example", postal_code="4000", locality="Liège")
    made = deciding.accept(applied_for, by=mayor.actor)
    assert (str(made), made.kind, made.website, made.partner) == (
        "Les Amis du Parc", "association", "https://parc.example", liege.partner,
    )  # fmt: skip
    assert [platform.slug for platform in made.platforms.all()] == ["front"]
    assert list(liege.platforms.get().communities.order_by("place__position")) == [liege, made]
    member = made.members.get()
    assert (member.person.email, member.role) == ("anne@example.org", "administrator")
    assert "/account/password/" in str(Letter.objects.get(kind="application-accepted").context)
    # Another of the same name has an address of its own.
    again = deciding.accept(applied(liege, email="b@example.org"), by=mayor.actor)
    assert again.slug.startswith("les-amis-du-parc-")


def test_the_first_items_are_released_by_the_commune(liege: Community, mayor: Person) -> None:
    made = taken_up(liege, mayor, first_items=2)
    own = made.members.get().person.actor
    editor = making.person("editor@example.org", role="editor", at=liege).actor
    other = making.person("other@example.org", role="editor", at=making.community("herstal")).actor
    for number in (1, 2):
        item = making.draft(at=made, by=own, title=f"Balade {number}")
        with pytest.raises(Refused):
            releasing.release(item, by=own, expected=1)
        with pytest.raises(Refused):
            releasing.schedule(item, clock.now() + timedelta(days=1), by=own, expected=1)
        with pytest.raises(NotAllowed):
            releasing.release(item, by=other, expected=1)
        guiding.hand_in(item, by=own)
        assert [one.item for one in guiding.waiting(liege)] == [item]
        releasing.release(item, by=editor, expected=1)
        assert not guiding.waiting(liege).exists()
        # What is public they correct and withdraw by themselves.
        releasing.withdraw(item, by=own)
    assert Apprenticeship.objects.get().left == 0
    assert making.released(at=made, by=own).is_public
    with pytest.raises(NotAllowed):
        making.released(at=made, by=editor)


def test_an_import_does_not_go_around_the_first_look(liege: Community, mayor: Person) -> None:
    made = taken_up(liege, mayor)
    own = made.members.get().person.actor
    entry = {"id": "1", "title": "Un", "content_text": "Un."}
    version = "https://jsonfeed.org/version/1.1"
    feed = json.dumps({"version": version, "title": "x", "items": [entry]}).encode()
    with pytest.raises(Refused):
        import_file(made, feed, "feed.json", Options(release=True), by=own)
    import_file(made, feed, "feed.json", Options(release=False), by=own)
    assert not Item.objects.released().exists()


def test_a_commune_may_trust_from_the_first_item(liege: Community, mayor: Person) -> None:
    made = taken_up(liege, mayor, first_items=0)
    assert making.released(at=made, by=made.members.get().person.actor).is_public


@pytest.mark.parametrize("declined", [True, False])
def test_what_is_not_accepted_goes_after_the_stated_period(liege: Community, mayor: Person, declined: bool) -> None:
    made = applied(liege)
    if declined:
        deciding.decline(made, "Non.", by=mayor.actor)
    with clock.travel(clock.now() + timedelta(days=150)):
        expire()
        assert Application.stored.exists()
    with clock.travel(clock.now() + timedelta(days=185)):
        expire()
    assert not Application.stored.exists()
    assert not ApplicationEntry.stored.exists()


def test_the_form_takes_an_application_and_says_so(liege: Community) -> None:
    page = Client().get("/fr/liege/join/").content.decode()
    assert texts("fr").activity("applications").purpose[:40] in html.unescape(page)
    answer = Client().post("/fr/liege/join/", WRITTEN)
    assert (answer.status_code, answer["Location"]) == (302, "/fr/liege/join/sent/")
    assert Client().get(answer["Location"]).status_code == 200
    assert Application.objects.get().name == "Les Amis du Parc"


def test_the_form_refuses_programs_other_sites_and_what_is_missing(liege: Community) -> None:
    assert Client().post("/fr/liege/join/", WRITTEN | {"website": "1"}).status_code == 422
    assert Client().post("/fr/liege/join/", WRITTEN, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    answer = Client().post("/fr/liege/join/", {"site": "ftp://x"})
    assert answer.status_code == 422
    assert 'value="ftp://x"' in answer.content.decode()
    assert not Application.stored.exists()


def test_the_commune_decides_on_its_screens(liege: Community, mayor: Person) -> None:
    made = applied(liege)
    browser = signed_in(mayor)
    address = f"/studio/liege/applications/{made.pk}/"
    assert address in browser.get("/studio/liege/").content.decode()
    assert address in browser.get("/studio/liege/applications/").content.decode()
    assert "Nos balades du dimanche." in browser.get(address).content.decode()
    for wrong in (
        {"deed": "accept", "first": "999"},
        {"deed": "accept", "first": "x"},
        {"deed": "ask", "text": ""},
        {},
    ):
        assert browser.post(address, wrong).status_code == 422
    browser.post(address, {"deed": "ask", "text": "Où ?"})
    browser.post(address, {"deed": "answer", "text": "Au parc."})
    browser.post(address, {"deed": "accept", "first": "3"})
    assert Application.objects.get().state == "accepted"
    club = Community.objects.get(kind="association")
    writer = signed_in(club.members.get().person)
    item = making.draft(at=club, title="Balade")
    assert "Hand in to Liège" in writer.get(f"/studio/{club.slug}/items/{item.pk}/").content.decode()
    writer.post(f"/studio/{club.slug}/items/{item.pk}/release/", {"edition": 1})
    assert not Item.objects.released().filter(pk=item.pk).exists()
    look = f"/studio/liege/first/{item.pk}/"
    assert look in browser.get("/studio/liege/").content.decode()
    assert "Balade" in browser.get(look).content.decode()
    # Sent back with a reason, it is theirs again, and they hand it in anew.
    assert browser.post(look, {"edition": 1, "action": "send back", "words": " "}).status_code == 422
    browser.post(look, {"edition": 1, "action": "send back", "words": "Dites à quelle heure."})
    assert browser.get(look).status_code == 404
    letter = Letter.objects.get(kind="first-item-sent-back")
    assert (letter.to, letter.context["words"]) == ("anne@example.org", "Dites à quelle heure.")
    assert "Dites à quelle heure." in writer.get(f"/studio/{club.slug}/items/{item.pk}/").content.decode()
    with pytest.raises(NotFound):
        guiding.send_back(item, "Encore.", by=mayor.actor, expected=1)
    writer.post(f"/studio/{club.slug}/items/{item.pk}/release/", {"edition": 1})
    with pytest.raises(NotAllowed):
        guiding.send_back(item, "Non.", by=club.members.get().person.actor, expected=1)
    browser.post(look, {"edition": 1})
    assert Item.objects.released().filter(pk=item.pk).exists()
    assert browser.get(look).status_code == 404


def test_others_do_not_see_applications(liege: Community) -> None:
    made = applied(liege)
    editor = signed_in(making.person("e@example.org", role="editor", at=liege))
    stranger = signed_in(making.person("s@example.org", role="administrator", at=making.community("herstal")))
    assert editor.get(f"/studio/liege/applications/{made.pk}/").status_code == 403
    assert stranger.get(f"/studio/herstal/applications/{made.pk}/").status_code == 404
    assert stranger.get(f"/studio/liege/applications/{made.pk}/").status_code == 404
    assert made.name not in editor.get("/studio/liege/").content.decode()
