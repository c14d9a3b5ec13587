"""The demo once it is there: loaded at noon, once for all of these; what each of them changes is taken back."""

import json
import shutil
import stat
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client
from django.test.utils import override_settings
from pytest_django import DjangoDbBlocker
from pytest_django.fixtures import Settings

from perron.accounts.models import Person
from perron.communities.models import Community, Platform
from perron.core import clock
from perron.core.language import LANGUAGES
from perron.letters.models import Letter
from perron.letters.posting import post_due
from perron.privacy.acting import SYSTEM
from perron.privacy.tenancy.scope import process_acts_as_program
from perron.project.demo import loading, places
from perron.project.demo.entries import Entry, entries
from perron.publishing import drafting, releasing
from perron.publishing.models import AlertDetails, Attachment, Image, Item, Occurrence, Origin, Release, Revision, Text
from tests.demo.noon import NOON, small_pictures

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def loaded(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[loading.Loaded, Path]]:
    """Return what was made, and the home with the demo's note and pictures."""
    home = tmp_path_factory.mktemp("demo")
    quick = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    own = override_settings(PERRON_HOME=home, MEDIA_ROOT=home / "media", PASSWORD_HASHERS=quick)
    process_acts_as_program()
    with django_db_blocker.unblock(), small_pictures(), transaction.atomic():
        with own, clock.travel(NOON):
            made = loading.load()
        yield made, home
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _home(loaded: tuple[loading.Loaded, Path], settings: Settings, tmp_path: Path) -> None:
    shutil.copytree(loaded[1], tmp_path, dirs_exist_ok=True)
    settings.PERRON_HOME = tmp_path


def entry(key: str) -> Entry:
    return next(entry for entry in entries() if entry.key == key)


def item(key: str) -> Item:
    return Item.objects.get(pk=entry(key).id)


def counts() -> dict[str, int]:
    tables = (Item, Text, Image, Attachment, Origin, Community, Platform, Person, Occurrence, Revision, Letter)
    return {model.__name__: model._default_manager.count() for model in tables}


def test_the_demo_is_loaded_and_loading_it_again_changes_nothing(loaded: tuple[loading.Loaded, Path]) -> None:
    first, there = loaded[0], counts()
    with clock.travel(NOON):
        assert loading.is_loaded()
        second = loading.load()
        assert loading.is_loaded()
        assert post_due() == there["Letter"] > len(LANGUAGES)
    assert (first.made, second) == (len(entries()), loading.Loaded(0, 0))
    assert counts() == there
    assert there["Item"] > len(entries()), "some came through the importer"


def test_everything_says_that_it_is_made_up() -> None:
    assert Community.objects.exists()
    assert not Community.objects.filter(fictional=False).exists()


def test_one_alert_is_live_and_an_exercise_says_so() -> None:
    with clock.travel(NOON):
        live = AlertDetails.objects.filter(
            effective_at__lte=clock.now(), ends_at__gt=clock.now(), item__state="released"
        )
        assert sorted(live.values_list("status", flat=True)) == ["Actual", "Exercise"]


def test_a_calendar_and_a_feed_came_through_the_importer() -> None:
    assert {(origin.community.slug, origin.licence) for origin in Origin.objects.all()} == {
        ("leuven", "CC BY 4.0"),
        ("durbuy", "CC0 1.0"),
    }
    assert Item.objects.released().filter(origin__isnull=False, kind="event", occurrences__isnull=False).exists()


def test_days_later_it_is_moved_to_today_without_losing_or_doubling_anything() -> None:
    with clock.travel(NOON):
        there, before = counts(), item("marche-du-dimanche").eventdetails.starts_at
        pictures = list(item("quais-pietons").pictures.values_list("image_id", flat=True))
    with clock.travel(NOON + timedelta(days=9)):
        assert not loading.is_loaded()
        moved = loading.load()
        assert loading.is_loaded()
        assert item("eau-a-bouillir").alertdetails.ends_at > clock.now()
        assert Item.objects.filter(pk=entry("quais-pietons").id, published_at__gt=clock.now() - timedelta(days=1))
        assert not Release.objects.filter(item=item("quais-pietons"), what="corrected")
    after = counts()
    assert (moved.made, moved.moved > 60) == (0, True)
    assert item("marche-du-dimanche").eventdetails.starts_at == before + timedelta(days=7)
    assert list(item("quais-pietons").pictures.values_list("image_id", flat=True)) == pictures
    assert {name: after[name] for name in after if name not in {"Revision", "Occurrence"}} == {
        name: there[name] for name in there if name not in {"Revision", "Occurrence"}
    }


@pytest.mark.once
def test_what_a_person_changed_stays_theirs() -> None:
    with clock.travel(NOON):
        editor = Person.objects.get(email="admin@perron.example").actor
        saved = item("marche-du-dimanche")
        content = drafting.newest(saved)
        saved = drafting.save(saved, content, by=editor, expected=saved.edition)
        releasing.release(saved, by=editor, expected=saved.edition)
        releasing.withdraw(item("concert-midi"), by=editor)
        starts = item("marche-du-dimanche").eventdetails.starts_at
    with clock.travel(NOON + timedelta(days=9)):
        loading.load()
    assert item("marche-du-dimanche").eventdetails.starts_at == starts
    assert item("concert-midi").state == Item.State.WITHDRAWN


def test_a_draft_and_a_scheduled_item_wait_in_the_studio() -> None:
    with clock.travel(NOON):
        assert item("patinoire").state == Item.State.SCHEDULED
        assert item("proprete-berges").state == Item.State.DRAFT
        with clock.travel(NOON + timedelta(days=3)):
            releasing.release_due()
            assert item("patinoire").state == Item.State.RELEASED


def test_the_accounts_can_sign_in_and_do_what_is_said() -> None:
    for account in places.sign_ins():
        assert Client().login(email=account.email, password=places.PASSWORD)
        person = Person.objects.get(email=account.email)
        assert person.enrolments.exists() == bool(account.platform)
        if account.platform:
            continue
        member = person.memberships.get()
        assert member.role == account.role
        assert str(member.partner or "") == account.partner
        assert (member.community.slug if member.community else "") == ("" if account.partner else account.at)


def test_the_note_tells_the_owner_alone_how_to_sign_in(tmp_path: Path) -> None:
    note = json.loads((tmp_path / "demo.json").read_text())
    assert note["password"] == places.PASSWORD
    assert {account["email"] for account in note["sign_ins"]} == {account.email for account in places.sign_ins()}
    assert stat.S_IMODE((tmp_path / "demo.json").stat().st_mode) == 0o600


@pytest.mark.once
def test_an_installation_that_has_a_front_keeps_it() -> None:
    assert Platform.objects.get(is_front=True).slug == "perron"
    Platform.objects.filter(slug="perron").delete()
    Platform.objects.filter(slug="liege-en-poche").update(is_front=True)
    with clock.travel(NOON):
        loading.load()
    assert Platform.objects.get(is_front=True).slug == "liege-en-poche"


@pytest.mark.once
def test_an_item_that_is_gone_comes_back_alone() -> None:
    with clock.travel(NOON):
        there = counts()
        gone = item("carte-identite")
        releasing.withdraw(gone, by=SYSTEM)
        Item.objects.filter(pk=gone.pk).delete()
        assert loading.load().made == 1
        assert counts() == there
