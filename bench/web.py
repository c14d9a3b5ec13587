"""What residents' devices ask for: cached pages, documents that are rendered, news that has to show, and the memory."""

import django

django.setup()

from bench.cached import cached  # noqa: E402 models can be imported only now
from bench.documents import documents  # noqa: E402
from bench.freshness import freshness  # noqa: E402
from bench.memory import memory  # noqa: E402
from bench.rows import Row  # noqa: E402
from bench.servers import perron  # noqa: E402
from bench.towns import build  # noqa: E402


def rows() -> list[Row]:
    """Measure one installation; its only web process has done all the rest when its memory is looked at."""
    build()
    measured = documents()
    with perron() as server:
        return [*measured, *cached(server), *freshness(server), *memory(server)]
