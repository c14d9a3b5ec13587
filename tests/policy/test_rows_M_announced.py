"""M: the policy can change at any time; a change is announced to those concerned."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from urllib.parse import urlsplit

import pytest
from django.urls import resolve

from perron.accounts.models import Person
from perron.core.clock import now, today, travel
from perron.letters.models import Letter
from perron.letters.posting import post_due
from perron.letters.pulling import pull_due
from perron.privacy import announcing, noticing
from perron.privacy.announcing import announce_versions
from perron.privacy.models import Announcement, AuditEntry
from perron.privacy.policy.current import versions
from perron.privacy.policy.values import Policy
from tests import making
from tests.channels.mail_server import MailServer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _known_already() -> None:
    """The installation has been running: it knows the versions there are."""
    announce_versions()


@pytest.fixture
def next_version(monkeypatch: pytest.MonkeyPatch) -> Policy:
    """A version announced tomorrow, in force in ten days."""
    last = versions()[-1]
    coming = replace(last.version, announced=today() + timedelta(days=1), in_force=today() + timedelta(days=10))
    version = replace(last, version=coming)
    monkeypatch.setattr(announcing, "versions", lambda: (*versions(), version))
    return version


@pytest.fixture
def server(settings: object) -> Iterator[MailServer]:
    with MailServer() as listening:
        settings.PERRON_MAIL = listening.server  # type: ignore[attr-defined]
        yield listening


def people(*languages: str) -> list[Person]:
    made = [making.person(f"{language}@example.org") for language in languages]
    for person, language in zip(made, languages, strict=True):
        Person.objects.filter(pk=person.pk).update(language=language)
    return made


def test_a_change_of_the_policy_is_announced_to_everybody_in_their_language(
    next_version: Policy, server: MailServer
) -> None:
    people("fr", "nl", "de", "en")
    assert announce_versions() == 0
    with travel(now() + timedelta(days=1)):
        assert announce_versions() == 4
        assert announce_versions() == 0
        pull_due()
        assert post_due() == 4
        making.person("later@example.org")
        assert announce_versions() == 0
    headings = {str(message["To"]): str(message["Subject"]) for message in server.messages()}
    assert headings["fr@example.org"].startswith("Notre politique de protection des données change le ")
    assert headings["nl@example.org"].startswith("Ons beleid voor gegevensbescherming verandert op ")
    assert headings["de@example.org"].startswith("Unsere Datenschutzerklärung ändert sich am ")
    assert headings["en@example.org"].startswith("Our data-protection policy changes on ")
    noted = Announcement.objects.get(in_force=next_version.version.in_force)
    assert (noted.told, noted.finished_at is not None, noted.reached) == (4, True, {})
    assert AuditEntry.objects.filter(verb="notice").count() == 4


def test_it_says_what_changes_and_from_when(next_version: Policy, server: MailServer) -> None:
    people("en")
    with travel(now() + timedelta(days=1)):
        announce_versions()
        pull_due()
        post_due()
    text = server.messages()[0].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    day = next_version.version.in_force
    assert f"{day.day} {day:%B %Y}" in text
    assert "partners" in text
    link = re.search(r"http://\S+/en/privacy/\S+", text)
    assert link
    assert resolve(urlsplit(link[0]).path).view_name == "reader:policy-version"
    assert next_version.operator.name in text


def test_everybody_is_told_once_whenever_the_program_stops(
    next_version: Policy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(announcing, "_AT_ONCE", 2)
    people("fr", "nl", "de")
    stops = iter([False, True, False, False])
    real = noticing.notice_many

    def stopping(*notices: object, **more: object) -> None:
        real(*notices, **more)  # type: ignore[arg-type]
        if next(stops):
            raise OSError("killed")

    monkeypatch.setattr(announcing, "notice_many", stopping)
    with travel(now() + timedelta(days=1)):
        with pytest.raises(OSError, match="killed"):
            announce_versions()
        announce_versions()
        pull_due()
    assert sorted(Letter.objects.values_list("to", flat=True)) == ["de@example.org", "fr@example.org", "nl@example.org"]


def test_who_closed_the_account_or_was_shown_the_version_when_coming_is_not_told(next_version: Policy) -> None:
    gone, stays = people("fr", "nl")
    Person.objects.filter(pk=gone.pk).update(closed_at=now())
    with travel(now() + timedelta(days=1)):
        assert announce_versions() == 1
        pull_due()
    assert Letter.objects.get().to == stays.email


def test_a_new_installation_announces_nothing_of_before(monkeypatch: pytest.MonkeyPatch) -> None:
    Announcement.objects.all().delete()
    people("fr")
    assert announce_versions() == 0
    assert Announcement.objects.filter(finished_at=None).count() == 0
    assert Announcement.objects.filter(in_force=date(2022, 5, 26)).exists()
