from datetime import timedelta

import pytest
from django.test import Client
from django.utils.html import escape

from perron.communities.models import Community
from perron.core import clock
from perron.core.clock import BRUSSELS
from perron.privacy.acting import SYSTEM
from perron.publishing import drafting, releasing
from perron.publishing.models import Item
from tests import making

TEXT = {"title_fr": "Marché de Noël", "summary_fr": "En bref.", "body_fr": "Un texte **important**."}


def local(**ahead: int) -> str:
    return f"{clock.now().astimezone(BRUSSELS) + timedelta(**ahead):%Y-%m-%dT%H:%M}"


def test_the_button_says_to_how_many_platforms_it_releases(liege: Community, editor: Client) -> None:
    assert "Release now to 1 platform<" in editor.get("/studio/liege/new/news/").content.decode()
    for slug in ("province", "metropole"):
        making.platform(liege, slug=slug, is_front=False)
    assert "Release now to 3 platforms<" in editor.get("/studio/liege/new/news/").content.decode()


def test_write_and_release_in_one_go(liege: Community, editor: Client) -> None:
    response = editor.post("/studio/liege/new/news/", TEXT | {"action": "release"}, follow=True)
    assert "“Marché de Noël” is public." in response.content.decode()
    assert Item.objects.get().is_public


def test_an_author_who_releases_all_the_same_is_refused_and_loses_nothing(liege: Community, author: Client) -> None:
    response = author.post("/studio/liege/new/news/", TEXT | {"action": "release"})
    assert response.status_code == 403
    assert "does not allow you to" in response.content.decode()
    assert (Item.objects.get().state, Item.objects.get().working_title) == ("draft", "Marché de Noël")


@pytest.mark.parametrize("deed", ["release", "schedule", "unschedule", "withdraw"])
def test_an_author_may_do_none_of_it(deed: str, liege: Community, author: Client) -> None:
    item = making.released(at=liege) if deed == "withdraw" else making.draft(at=liege)
    response = author.post(f"/studio/liege/items/{item.pk}/{deed}/", {"edition": 1, "at": local(days=1)})
    assert response.status_code == 403
    assert Item.objects.get().state == item.state


def test_the_second_of_two_who_release_is_told(liege: Community, editor: Client) -> None:
    item = making.draft(at=liege)
    answers = TEXT | {"action": "release", "edition": 1}
    assert editor.post(f"/studio/liege/items/{item.pk}/", answers).status_code == 302
    second = editor.post(f"/studio/liege/items/{item.pk}/", answers)
    assert second.status_code == 409
    assert "Somebody else released this already." in second.content.decode()
    assert item.releases.count() == 1


def test_what_changed_since_the_confirmation_is_not_released(liege: Community, editor: Client) -> None:
    item = making.draft("alert", at=liege)
    drafting.save(item, making.content("alert", title="Autre chose"), by=SYSTEM, expected=1)
    response = editor.post(f"/studio/liege/items/{item.pk}/release/", {"edition": 1})
    assert response.status_code == 409
    assert "Somebody else saved this item" in response.content.decode()
    assert Item.objects.get().state == "draft"


def test_an_alert_is_confirmed_before_it_goes_out(liege: Community, editor: Client) -> None:
    item = making.draft("alert", at=liege)
    answers = {"title_fr": "Fumées", "instructions_fr": "Fermez.", "action": "release", "edition": 1}
    response = editor.post(f"/studio/liege/items/{item.pk}/", answers)
    assert response["Location"].endswith("/release/")
    assert Item.objects.get().state == "draft"


def test_a_moment_is_chosen_and_the_button_says_it(liege: Community, editor: Client) -> None:
    item = making.draft(at=liege)
    page = f"/studio/liege/items/{item.pk}/schedule/"
    at = local(days=2)
    label = editor.get(page, {"at": at}).context["label"]
    assert label.startswith("Release on ")
    assert at[11:] in label
    done = editor.post(page, {"at": at, "edition": 1}, follow=True)
    assert "goes out on" in done.content.decode()
    item.refresh_from_db()
    assert item.state == "scheduled"
    assert item.release_at is not None
    assert f"{item.release_at.astimezone(BRUSSELS):%Y-%m-%dT%H:%M}" == at


@pytest.mark.parametrize("at", ["2020-01-01T10:00", "", "tomorrow", "2027-03-28T02:30", "9999-99-99T10:00", "\0"])
def test_an_impossible_moment_is_refused_and_stays(at: str, liege: Community, editor: Client) -> None:
    item = making.draft(at=liege)
    response = editor.post(f"/studio/liege/items/{item.pk}/schedule/", {"at": at, "edition": 1})
    assert response.status_code == 422
    assert 'id="id_at_error"' in response.content.decode()
    assert escape(at.replace("\0", "")) in response.content.decode()
    assert Item.objects.get().state == "draft"


def test_what_is_scheduled_can_be_a_draft_again(liege: Community, editor: Client) -> None:
    item = making.draft(at=liege)
    releasing.schedule(item, clock.now() + timedelta(days=1), by=SYSTEM, expected=1)
    assert "Scheduled" in editor.get(f"/studio/liege/items/{item.pk}/").content.decode()
    editor.post(f"/studio/liege/items/{item.pk}/unschedule/")
    assert Item.objects.get().state == "draft"
    assert editor.post(f"/studio/liege/items/{item.pk}/unschedule/").status_code == 409
    assert editor.get(f"/studio/liege/items/{item.pk}/unschedule/").status_code == 405


def test_withdrawing_asks_once(liege: Community, editor: Client) -> None:
    item = making.released(at=liege)
    page = f"/studio/liege/items/{item.pk}/withdraw/"
    assert "Withdraw from the public" in editor.get(page).content.decode()
    assert Item.objects.get().is_public
    editor.post(page)
    assert not Item.objects.get().is_public


def test_a_draft_can_be_deleted_but_nothing_that_was_public(liege: Community, author: Client) -> None:
    public, draft = making.released(at=liege), making.draft(at=liege)
    assert author.post(f"/studio/liege/items/{public.pk}/discard/").status_code == 409
    assert author.post(f"/studio/liege/items/{draft.pk}/discard/").status_code == 302
    assert list(Item.objects.all()) == [public]


def test_an_end_of_publication_is_kept_to_the_minute_and_not_in_the_past(liege: Community, editor: Client) -> None:
    at = local(days=3)
    editor.post("/studio/liege/new/news/", TEXT | {"action": "release", "expires_at": at})
    item = Item.objects.get()
    assert item.expires_at is not None
    assert f"{item.expires_at.astimezone(BRUSSELS):%Y-%m-%dT%H:%M}" == at
    past = editor.post("/studio/liege/new/news/", TEXT | {"action": "release", "expires_at": "2020-01-01T10:00"})
    assert past.status_code == 422
    assert "lies in the past" in past.content.decode()


def test_an_event_that_ends_before_it_starts_is_not_released(liege: Community, editor: Client) -> None:
    answers = TEXT | {"starts": "2027-05-01T19:00", "ends": "2027-05-01T18:00", "action": "release"}
    response = editor.post("/studio/liege/new/event/", answers)
    assert response.status_code == 422
    assert "ends before it starts" in response.content.decode()
    skipped = editor.post("/studio/liege/new/event/", answers | {"starts": "2027-03-28T02:30", "ends": ""})
    assert "the clocks go forward" in skipped.content.decode()


def test_why_a_scheduled_item_was_not_released_is_said(liege: Community, editor: Client) -> None:
    item = making.draft(at=liege, expires_at=local(hours=2))
    releasing.schedule(item, clock.now() + timedelta(hours=1), by=SYSTEM, expected=1)
    with clock.travel(clock.now() + timedelta(hours=3)):
        releasing.release_due()
        page = editor.get(f"/studio/liege/items/{item.pk}/").content.decode()
        assert "It was not released when its moment came:" in page
        assert "lies in the past" in page


def test_an_alert_that_would_end_before_it_goes_out_is_pointed_out(liege: Community, editor: Client) -> None:
    item = making.draft("alert", at=liege, details={"effective_at": local(hours=-3), "ends_at": local(hours=-1)})
    assert "This moment has passed." in editor.get(f"/studio/liege/items/{item.pk}/release/").content.decode()
