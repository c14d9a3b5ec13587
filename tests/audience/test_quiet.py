"""Quiet hours, on the wall clock of Belgium."""

from datetime import UTC, datetime, time

import pytest
from django.test import Client

from perron.audience.keys import key_of
from perron.audience.models import Recipient
from perron.audience.quiet import keep_quiet, waits_until
from perron.core.errors import Refused
from tests import making
from tests.delivery.town import reader

NIGHT = (time(22), time(7))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.once
@pytest.mark.parametrize(
    ("hours", "at", "until"),
    [
        # Winter: an hour ahead of UTC. Summer: two.
        (NIGHT, "2026-01-10 20:59", None),
        (NIGHT, "2026-01-10 21:00", "2026-01-11 06:00"),
        (NIGHT, "2026-01-11 05:59", "2026-01-11 06:00"),
        (NIGHT, "2026-01-11 06:00", None),
        (NIGHT, "2026-07-10 20:30", "2026-07-11 05:00"),
        # The night in which summer begins, and that in which it ends: it is seven by the clock all the same.
        (NIGHT, "2026-03-28 22:00", "2026-03-29 05:00"),
        (NIGHT, "2026-10-24 21:00", "2026-10-25 06:00"),
        ((time(12), time(14)), "2026-01-10 11:30", "2026-01-10 13:00"),
        ((time(12), time(14)), "2026-01-10 13:00", None),
        # Half past two does not exist on the one, and comes twice on the other.
        ((time(22), time(2, 30)), "2026-03-29 00:30", "2026-03-29 01:00"),
        ((time(22), time(2, 30)), "2026-03-29 01:00", None),
        ((time(2, 30), time(7)), "2026-03-29 00:59", None),
        ((time(2, 30), time(7)), "2026-03-29 01:00", "2026-03-29 05:00"),
        ((time(2, 15), time(2, 45)), "2026-03-29 01:00", None),
        ((time(22), time(2, 30)), "2026-10-25 00:10", "2026-10-25 00:30"),
        ((time(22), time(2, 30)), "2026-10-25 00:30", None),
        ((time(22), time(2, 30)), "2026-10-25 01:10", "2026-10-25 01:30"),
        ((time(22), time(2, 30)), "2026-10-25 01:30", None),
        # A quarter past two comes once more after the first quarter to three.
        ((time(2, 45), time(2, 15)), "2026-10-25 00:50", "2026-10-25 01:15"),
        ((time(2, 45), time(2, 15)), "2026-10-25 01:20", None),
        ((time(2, 45), time(2, 15)), "2026-10-25 01:50", "2026-10-26 01:15"),
        ((None, None), "2026-01-10 23:00", None),
    ],
)
def test_what_comes_in_them_waits_until_they_end(
    hours: tuple[time | None, time | None], at: str, until: str | None
) -> None:
    assert waits_until(*hours, utc(at)) == (utc(until) if until else None)


@pytest.mark.django_db
def test_they_are_set_and_taken_away_on_ones_own_page() -> None:
    community = making.community()
    making.platform(community)
    anne = reader(community, "anne@example.org")
    http, page = Client(), f"/fr/subscription/{key_of(anne.pk)}/"
    assert http.post(page, {"quiet": "1", "from": "22:00", "until": "07:00", "extreme": "1"}).status_code == 302
    kept = Recipient.objects.get()
    assert (kept.quiet_from, kept.quiet_until, kept.extreme_passes) == (time(22), time(7), True)
    assert "22:00" in http.get(page).content.decode()
    for wrong in ({"from": "22:00"}, {"from": "x", "until": "07:00"}, {"from": "07:00", "until": "07:00"}):
        refused = http.post(page, {"quiet": "1", "extreme": "1"} | wrong)
        assert refused.status_code == 422
        # What was typed is still there, open, with the sentence beside it.
        shown = refused.content.decode()
        assert f'name="from" value="{wrong["from"]}"' in shown
        assert 'aria-describedby="quiet-wrong"' in shown
        assert "<details open>" in shown
    assert Recipient.objects.get().quiet_from == time(22)
    http.post(page, {"quiet": "1", "from": "", "until": "", "extreme": "1"})
    kept = Recipient.objects.get()
    assert (kept.quiet_from, kept.quiet_until, kept.extreme_passes) == (None, None, False)
    with pytest.raises(Refused):
        keep_quiet(anne, time(1), None, extreme_passes=False)
