"""What counting a page adds to a request at the edge."""

import django

django.setup()

import timeit  # noqa: E402

from bench.rows import Row, at_most  # noqa: E402
from perron.project.edge.counting import Tally  # noqa: E402

_PHONE = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36"
)
_TIMES = 100_000


def rows() -> list[Row]:
    """Return the cost of one count, the least of several rounds."""
    tally = Tally(lambda _: None, by_itself=False)
    page = "01a20647-d7fd-7f82-bdf5-2138797e7f2a//today"
    environ = {"HTTP_USER_AGENT": _PHONE}
    seconds = min(timeit.repeat(lambda: tally.count(page, environ), number=_TIMES, repeat=7))
    return [at_most("counting a page at the edge", seconds / _TIMES * 1e6, "µs", 3)]
