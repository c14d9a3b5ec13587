import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client, TransactionTestCase
from django.utils import translation
from pytest_django.fixtures import Settings

from perron.privacy.tenancy.scope import process_acts_as_program
from tests import making, prepared

_TESTS = Path(__file__).parent
# A worker takes whole files: one that begins such a file when the others are done has them wait.
_LONG = (
    "browser/test_pages.py",
    "isolation/test_addresses.py",
    "policy/test_mutations.py",
    "soak/test_soak.py",
    "project/test_processes.py",
    "project/test_deploying.py",
    "isolation/test_reaching.py",
    "policy/test_rows_X6.py",
    "browser/test_directions.py",
    "browser/test_today.py",
    "browser/test_offline.py",
    "browser/test_sources.py",
    "letters/test_killing.py",
    "demo/test_loaded.py",
    "desk/test_hostile_values.py",
    "privacy/test_every_table.py",
)


def pytest_unconfigure(config: pytest.Config) -> None:
    # The workers have ended before.
    if not hasattr(config, "workerinput"):
        prepared.end()


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """Django finds the database of the tests with its tables: of SQLite a file, which it is to keep."""
    return connection.vendor == "sqlite"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    if connection.vendor == "sqlite":
        home = tmp_path_factory.mktemp("database")
        prepared.copy_to(home)
        connection.settings_dict["TEST"]["NAME"] = str(home / "perron.sqlite3")
    else:
        connection.settings_dict["TEST"]["TEMPLATE"] = prepared.database()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with the long files; leave out, with PostgreSQL, what ran with SQLite and shows the same."""
    items.sort(key=lambda item: _place(item.path.relative_to(_TESTS).as_posix()))
    if not os.environ.get("PERRON_DATABASE"):
        return
    again = [item for item in items if not item.get_closest_marker("once")]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(again)])
    items[:] = again


def _place(file: str) -> int:
    return _LONG.index(file) if file in _LONG else len(_LONG)


@pytest.fixture(autouse=True)
def _files_of_its_own(tmp_path: Path, settings: Settings) -> None:
    """Each test has its own folders, and names static files without the manifest of a deployment."""
    settings.PERRON_HOSTS = [*settings.PERRON_HOSTS, "testserver"]
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.PERRON_HOME = tmp_path
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": plain}
    # Argon2 is slow by design; hundreds of tests make a person.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _nothing_counted_before() -> None:
    """Limits on what one address sends begin anew: all tests come from the same one."""
    cache.clear()


@pytest.fixture(autouse=True)
def _tests_act_as_the_program() -> None:
    """What a test makes and looks at is anybody's; its requests act for whoever is signed in, as always."""
    process_acts_as_program()


@pytest.fixture(autouse=True)
def _rules_speak_english() -> Iterator[None]:
    """Outside a request, refusals come in the language of the sources; pages still choose their own."""
    with translation.override("en"):
        yield


# What staff cannot do without a second factor has tests of its own (`tests/accounts/test_strong_staff.py`).
Client.force_login = making.sign_in  # type: ignore[method-assign,assignment]
# What Django knows of the models is the same after every test.
_FROM_MIGRATIONS = {"auth_permission", "django_content_type"}
# Of the first failure of what ran again: the assertion, what was there instead, and where.
_LAST_LINES = 12


def _empty(_case: TransactionTestCase) -> None:
    """Delete what a test committed; evidence goes only once its anchor has passed it.

    Django empties all tables and fills two of them anew, which takes PostgreSQL a second: few of them have rows.
    """
    process_acts_as_program()
    tables = set(connection.introspection.django_table_names(only_existing=True, include_views=False))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE privacy_evidencehead SET anchor_sequence = sequence")
        cursor.execute("DELETE FROM privacy_evidenceentry")
        cursor.execute(" UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {name})" for name in tables))
        for (name,) in cursor.fetchall():
            if name not in _FROM_MIGRATIONS:
                cursor.execute(f"DELETE FROM {name}")


TransactionTestCase._fixture_teardown = _empty  # type: ignore[attr-defined]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the score of the policy's mutations, and its survivors by name; what isolation withstood; why what ran
    again had failed.
    """
    for report in terminalreporter.getreports("rerun"):
        said = report.longreprtext.rstrip().splitlines()[-_LAST_LINES:]
        terminalreporter.write_line("\n  ".join((f"{report.nodeid} ran again, since at first ({report.when}):", *said)))
    for report in (*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")):
        for name, score in report.user_properties:
            if name == "policy_mutations" and report.when == "call":
                terminalreporter.write_line(f"policy of {score}")
            if name == "isolation" and report.when == "call":
                terminalreporter.write_line(f"isolation: {score}")
