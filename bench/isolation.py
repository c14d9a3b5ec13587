"""What row-level security costs: a studio list, and a page for everybody, with the policies and without them."""

import time
from collections.abc import Callable
from statistics import median

from django.db import connection
from django.test import Client
from tests import making

from bench.rows import Row, compared, not_measured
from bench.towns import add
from perron.privacy.tenancy import rows as policies
from perron.project.preparing import prepare

ON_POSTGRESQL = True
ITEMS = 1_500
ROUNDS, IN_A_ROUND = 6, 12
_PAGES = {"a studio list of 1,500 items": "/studio/big/items/", "a page for everybody": "/fr/big/"}


def rows() -> list[Row]:
    """Return a row for each page: how many a second with policies, and without."""
    names = {path: f"{name}, with row-level security against without" for name, path in _PAGES.items()}
    if connection.vendor != "postgresql":
        return [not_measured(name, "pages/s", "ratio ≥ 0.9") for name in names.values()]
    prepare()
    big, other = making.community("big"), making.community("other", partner=making.partner("other"))
    making.platform(big, other)
    for community in (big, other):
        add(community, ITEMS)
    for number in range(200):
        making.draft(at=big, title=f"Brouillon {number}")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    client = Client(HTTP_HOST="127.0.0.1:8000")
    client.force_login(making.person("editor@example.org", role="editor", at=big))
    took: dict[tuple[str, bool], list[float]] = {(path, kept): [] for path in _PAGES.values() for kept in (True, False)}
    # In turns, and the best of each counts: what else the machine does meanwhile is to touch both alike.
    for _round in range(ROUNDS):
        for kept in (True, False):
            (policies.guard if kept else policies.stand_aside)()
            for path in _PAGES.values():
                took[path, kept].append(_median(lambda path=path: _opened(client, path)))  # type: ignore[misc]
    fastest = {asked: 1 / min(seconds) for asked, seconds in took.items()}
    return [
        compared(name, fastest[path, True], "pages/s", reference=fastest[path, False],
                 ratio=fastest[path, True] / fastest[path, False], least=0.9)
        for path, name in names.items()
    ]  # fmt: skip


def _opened(client: Client, path: str) -> None:
    assert client.get(path).status_code == 200, path


def _median(work: Callable[[], None]) -> float:
    took = []
    for _ in range(IN_A_ROUND):
        begin = time.perf_counter()
        work()
        took.append(time.perf_counter() - begin)
    return median(took)
