"""Whether this web process can serve, for load balancers."""

import logging
from collections.abc import Callable
from functools import cache

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache

from perron.communities.access import anyone
from perron.reader.public import only_read

_log = logging.getLogger(__name__)


@anyone
@never_cache
@only_read
def health(_request: HttpRequest) -> JsonResponse:
    """Answer 200 when the database can be read and has the tables of this build, else 503 with what is wrong."""
    checks = {"database": _is_fine(_read), "migrations": _is_fine(_compare)}
    well = all(checks.values())
    body = {
        "status": "ok" if well else "failing",
        "build": settings.PERRON_BUILD,
        "checks": {name: "ok" if fine else "failing" for name, fine in checks.items()},
    }
    return JsonResponse(body, status=200 if well else 503)


def _is_fine(check: Callable[[], None]) -> bool:
    try:
        check()
    except (DatabaseError, _Behind) as error:
        _log.warning("Not healthy: %s", type(error).__name__)
        return False
    return True


def _read() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


class _Behind(Exception):
    """The database lacks migrations."""


@cache
def _compare() -> None:
    """Raise unless every migration is applied; once it is so, it stays so while this process lives."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise _Behind
