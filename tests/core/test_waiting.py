"""When a server wants to be asked again (RFC 9110 §10.2.3)."""

from datetime import UTC, datetime

import pytest

from perron.core import clock
from perron.core.waiting import asked_to_wait

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "120"}, 120),
        ({"retry-after": "Thu, 26 Nov 2026 12:05:00 GMT"}, 300),
        ({"retry-after": "Thursday, 26-Nov-26 12:05:00 GMT"}, 300),
        ({"retry-after": "Thu Nov 26 12:05:00 2026"}, 300),
        ({"retry-after": "Thu, 26 Nov 2026 11:05:00 GMT"}, 0),
        # Our clock is two hours ahead of the server's, or two hours behind it.
        ({"retry-after": "Thu, 26 Nov 2026 10:05:00 GMT", "date": "Thu, 26 Nov 2026 10:00:00 GMT"}, 300),
        ({"retry-after": "Thu, 26 Nov 2026 14:05:00 GMT", "date": "Thu, 26 Nov 2026 14:00:00 GMT"}, 300),
        ({"retry-after": "soon"}, 0),
        ({"retry-after": "-5"}, 0),
        ({"retry-after": "9" * 400}, 0),
        ({}, 0),
    ],
)
def test_it_says_in_how_many_seconds(headers: dict[str, str], seconds: float) -> None:
    with clock.travel(NOON):
        assert asked_to_wait(headers) == seconds
