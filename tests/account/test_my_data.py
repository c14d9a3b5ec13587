"""My data: the one page that says all of it, to whom it belongs and to nobody else."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils.html import escape

from perron.accounts import preferring
from perron.core import clock
from perron.core.language import LANGUAGES
from perron.outreach.contact.receiving import Written, receive
from perron.privacy import restrictions, viewing
from perron.privacy.acting import SYSTEM
from perron.privacy.policy.current import policy
from perron.privacy.policy.labels import day_words
from perron.privacy.policy.texts import texts
from perron.privacy.subjects import of_address, of_person
from tests import making
from tests.requests.asking import ADDRESS, by_link, signed_in, staff

pytestmark = pytest.mark.django_db

DATA = "/account/data/"


def shown(client: Client) -> str:
    answer = client.get(DATA)
    assert answer.status_code == 200
    return answer.content.decode()


def wrote() -> None:
    receive(Written(first_name="Anne", name="Lambert", email=ADDRESS, heading="Trams", text="Late."), language="en")


def test_who_came_by_a_link_sees_what_belongs_to_the_address_with_the_day_until_which_it_is_kept() -> None:
    with clock.travel(clock.now() - timedelta(days=30)):
        wrote()
        until = policy().retention("B", "last_contact").period
        assert until
        last = until.after(clock.now()).date()
    page, words = shown(by_link()), texts("en")
    assert escape(words.activity("B").purpose) in page
    assert f"until {day_words(last)}" in page or f"until {day_words(last + timedelta(days=1))}" in page
    for said in (
        "Late.",
        words.statement("location"),
        words.recipient("host"),
        ADDRESS,
        policy().authority.complaint_page,
    ):
        assert escape(said) in page
    assert "The same on all your devices" not in page
    assert "Late." not in shown(by_link("other@example.org"))
    assert "Late." not in shown(signed_in(making.person()))


def test_the_person_reads_who_looked_when_for_whom_and_why_and_not_their_name() -> None:
    person, looked = making.person(), staff()
    viewing.seen(looked.actor, [of_person(person.pk)], what="account", why="A call.", on_behalf_of="Ville de Liège")
    page = shown(signed_in(person))
    for said in ("Ville de Liège", "your account", "A call."):
        assert escape(said) in page
    assert looked.email not in page
    assert "Nobody looked at your data lately." in shown(signed_in(making.person()))


def test_what_is_set_aside_is_said_first() -> None:
    person = making.person()
    # Late in the evening at Greenwich it is tomorrow already here.
    with clock.travel(datetime(2026, 11, 26, 23, 30, tzinfo=UTC)):
        for subject in (of_person(person.pk), of_address(person.email)):
            restrictions.restrict(subject, restrictions.Ground.ACCURACY, by=SYSTEM)
    page = shown(signed_in(person))
    assert page.count("Your data have been set aside since 27 November 2026.") == 1


@pytest.mark.once
@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_said_in_every_language(language: str) -> None:
    client = signed_in(making.person())
    client.post("/account/language/", {"language": language})
    page = shown(client)
    assert f'<html lang="{language}"' in page
    assert escape(texts(language).activity("E").purpose) in page


def test_what_a_resident_did_stands_with_their_account_and_not_with_the_staffs() -> None:
    resident = making.person("zoe@example.org")
    preferring.prefer_language(resident, "nl", by=resident.actor)
    member = making.person("ed@example.org", role="editor", at=making.community())
    preferring.prefer_language(member, "nl", by=member.actor)
    for person, works in ((resident, False), (member, True)):
        page = shown(signed_in(person))
        assert "What you did in this program" in page
        assert ('id="activity-staff"' in page) is works
        assert escape(texts("en").retention("staff", "deed")) in page
