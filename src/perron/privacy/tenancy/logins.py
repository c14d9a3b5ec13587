"""Whether the database's login goes round row-level security: said by `perron check --deploy`, refused at the start."""

from typing import Any

from django.conf import settings
from django.core.checks import Error
from django.db import connection

_GOES_ROUND = "SELECT rolname FROM pg_roles WHERE rolname = session_user AND (rolsuper OR rolbypassrls)"


def fault() -> str:
    """Return a sentence on what is wrong with the login of an installation that others reach; "" if nothing is.

    On the own machine such a login is stepped down from (`tenancy.postgresql`). But what steps down can step up.
    """
    if connection.vendor != "postgresql" or not settings.PERRON_ORIGIN.startswith("https://"):
        return ""
    with connection.cursor() as cursor:
        cursor.execute(_GOES_ROUND)
        found = cursor.fetchone()
    if found is None:
        return ""
    return (
        f"PERRON_DATABASE signs in as {found[0]}, which no row-level security stops: partners are kept apart by it. "
        f"Make a role that owns the database and nothing else (docs/install.md), or take it from this one: "
        f"ALTER ROLE {found[0]} NOSUPERUSER NOBYPASSRLS."
    )


def check_login(**_more: Any) -> list[Error]:
    """Find it before the start."""
    said = fault()
    return [Error(said, id="perron.E001")] if said else []
