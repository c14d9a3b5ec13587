"""Another like this one, and templates for what comes back."""

import threading
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from perron.communities.models import Community
from perron.core import clock
from perron.core.clock import BRUSSELS
from perron.core.errors import Conflict, NotAllowed, NotFound
from perron.privacy.acting import SYSTEM
from perron.publishing import drafting, releasing
from perron.publishing.content import Content, Shown
from perron.publishing.kinds.registry import KINDS
from perron.publishing.models import Item, Template
from perron.publishing.working.moving import day_of, moved
from perron.publishing.working.reusing import begin_from, duplicate, keep_as_template, next_days, remove_template
from tests import making
from tests.studio.test_history import picture


@pytest.mark.parametrize("kind", KINDS)
def test_a_duplicate_is_a_draft_of_its_own(kind: str, liege: Community, author: Client) -> None:
    item = making.released(kind, at=liege)
    author.post(reverse("studio:duplicate", args=["liege", item.pk]))
    copy = Item.objects.exclude(pk=item.pk).get()
    assert (copy.state, copy.edition, copy.published_at) == ("draft", 1, None)
    assert copy.slug != item.slug
    assert drafting.newest(copy).texts == drafting.newest(item).texts
    drafting.save(copy, making.content(kind, title="Autre"), by=SYSTEM, expected=1)
    item.refresh_from_db()
    assert item.working_title == "Marché de Noël"
    releasing.release(copy, by=SYSTEM, expected=2)


def test_a_duplicate_leaves_out_what_is_gone(liege: Community) -> None:
    image = picture(liege)
    item = making.draft(at=liege, pictures=(Shown(str(image.pk), {"fr": "Un pont"}),))
    image.delete()
    assert drafting.newest(duplicate(item, by=SYSTEM)).pictures == ()


def test_a_duplicated_alert_begins_when_it_is_sent(liege: Community) -> None:
    ends = (clock.now() + timedelta(hours=1)).isoformat()
    item = making.draft("alert", at=liege, details={"ends_at": ends})
    assert "ends_at" not in drafting.newest(duplicate(item, by=SYSTEM)).details


def test_dates_move_and_clock_times_stay() -> None:
    content = Content(
        details={
            "starts": "2026-10-20T19:00", "ends": "2026-10-20T21:30", "recurrence": "FREQ=WEEKLY;BYDAY=TU;COUNT=3",
            "except_dates": "2026-10-27T19:00", "extra_dates": "2026-10-22", "place": "2026-10-20", "price": "€ 5",
        },
        expires_at="2026-10-20T20:00:00+00:00",
    )  # fmt: skip
    later = moved(content, 7)
    assert later.details == {
        "starts": "2026-10-27T19:00", "ends": "2026-10-27T21:30", "recurrence": "FREQ=WEEKLY;BYDAY=TU;COUNT=3",
        "except_dates": "2026-11-03T19:00", "extra_dates": "2026-10-29", "place": "2026-10-20", "price": "€ 5",
    }  # fmt: skip
    # Ten in the evening stays ten in the evening although the clocks go back in between.
    assert later.expires_at == "2026-10-27T22:00"
    assert moved(content, 1).details["recurrence"] == "FREQ=WEEKLY;BYDAY=WE;COUNT=3"


@pytest.mark.parametrize("value", ["", "bientôt", "9999-12-31", "0001-01-01T00:00", "2026-02-30", None, 7, ["x"]])
def test_what_is_no_date_stays_as_it_is(value: Any) -> None:
    content = Content(details={"starts": value, "deadline": value})
    assert moved(content, 7).details["starts"] == str(value or "")
    assert day_of(content) is None


def test_a_time_that_the_clocks_skip_is_left_for_its_writer(liege: Community) -> None:
    start = datetime(2027, 3, 20, 12, tzinfo=BRUSSELS)
    with clock.travel(start):
        item = making.draft("event", at=liege, details={"starts": "2027-03-21T02:30", "ends": "2027-03-21T04:00"})
        template = keep_as_template(item, "Nuit", by=SYSTEM)
        begun = begin_from(liege, template.pk, date(2027, 3, 28), by=SYSTEM)
        assert drafting.newest(begun).details["starts"] == "2027-03-28T02:30"
        with pytest.raises(releasing.NotReady, match="clocks go forward"):
            releasing.release(begun, by=SYSTEM, expected=1)


def test_the_next_days_fall_on_the_same_weekday(liege: Community) -> None:
    item = making.draft("works", at=liege, details={"starts_on": "2026-12-01", "ends_on": "2026-12-02"})
    template = keep_as_template(item, "Marché", by=SYSTEM)
    for day, first in ((date(2026, 11, 30), date(2026, 12, 1)), (date(2026, 12, 1), date(2026, 12, 8))):
        with clock.travel(datetime(day.year, day.month, day.day, 12, tzinfo=BRUSSELS)):
            assert next_days(template)[:2] == [first, first + timedelta(weeks=1)]
    assert next_days(keep_as_template(making.draft(at=liege), "Sans jour", by=SYSTEM)) == []


def test_a_template_is_kept_begun_and_deleted_in_the_studio(liege: Community, author: Client, editor: Client) -> None:
    item = making.draft("event", at=liege)
    author.post(reverse("studio:template-kept", args=["liege", item.pk]), {"name": " Marché du mardi "})
    template = Template.objects.get()
    assert template.name == "Marché du mardi"
    day = next_days(template)[1]
    assert f'value="{day}"' in author.get("/studio/liege/templates/").content.decode()
    begin = reverse("studio:template-begun", args=["liege", template.pk])
    response = author.post(begin, {"day": str(day)})
    begun = Item.objects.exclude(pk=item.pk).get()
    assert response["Location"] == reverse("studio:edit", args=["liege", begun.pk])
    assert drafting.newest(begun).details["starts"] == f"{day}T19:00"
    assert author.post(begin, {"day": "mardi"}).status_code == 422
    delete = reverse("studio:template-removed", args=["liege", template.pk])
    assert author.post(delete).status_code == 403
    assert editor.post(delete).status_code == 302
    # Somebody's page still offers it.
    assert author.post(begin, {"day": str(day)}).status_code == 404
    assert editor.post(delete).status_code == 404
    assert Item.objects.count() == 2


def test_a_name_is_given_once_and_not_empty(liege: Community, author: Client) -> None:
    item = making.draft(at=liege)
    keep = reverse("studio:template-kept", args=["liege", item.pk])
    assert author.post(keep, {"name": "Un"}).status_code == 302
    assert author.post(keep, {"name": "Un"}).status_code == 409
    assert author.post(keep, {"name": "  "}).status_code == 422
    assert Template.objects.count() == 1
    keep_as_template(making.draft(at=making.community("namur")), "Un", by=SYSTEM)


def test_templates_belong_to_one_community(liege: Community) -> None:
    theirs = keep_as_template(making.draft(at=making.community("namur")), "Le leur", by=SYSTEM)
    mine = making.person(role="editor", at=liege).actor
    with pytest.raises(NotFound):
        begin_from(liege, theirs.pk, None, by=mine)
    with pytest.raises(NotFound):
        remove_template(liege, theirs.pk, by=mine)
    with pytest.raises(NotAllowed):
        begin_from(theirs.community, theirs.pk, None, by=mine)


@pytest.mark.django_db(transaction=True)
def test_two_people_who_use_a_template_at_once_get_a_draft_each() -> None:
    at = making.community()
    people = [making.person(role="author", at=at).actor for _ in range(2)]
    template = keep_as_template(making.draft(at=at), "À deux", by=SYSTEM)
    together = threading.Barrier(2)
    found: list[Any] = []

    def begin(by: Any) -> None:
        try:
            together.wait()
            found.append(begin_from(at, template.pk, None, by=by))
        except Exception as error:  # noqa: BLE001 the assertion below shows it
            found.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=begin, args=[by]) for by in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {type(each) for each in found} == {Item}
    assert len({each.pk for each in found}) == 2
    assert {each.created_by_id for each in found} == {by.id for by in people}
    first, second = found
    drafting.save(first, replace(drafting.newest(first), topics=()), by=people[0], expected=1)
    second.refresh_from_db()
    assert second.edition == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_give_the_same_name_at_once_the_second_is_told() -> None:
    item = making.draft()
    found: list[Any] = []
    together = threading.Barrier(2)

    def keep() -> None:
        try:
            together.wait()
            found.append(type(keep_as_template(item, "Le même", by=SYSTEM)))
        except Exception as error:  # noqa: BLE001 the assertion below shows it
            found.append(type(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=keep) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(each.__name__ for each in found) == [Conflict.__name__, Template.__name__]
