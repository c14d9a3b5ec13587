import gc
import os
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client, TransactionTestCase
from django.utils import translation
from pytest_django.fixtures import Settings

from perron.privacy.tenancy.scope import process_acts_as_program
from tests import making, prepared

# How long one example takes says how busy the machine is.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")

_TESTS = Path(__file__).parent
# A worker takes whole files: one that begins such a file when the others are done has them wait.
# The first needs no database, so that not all workers wait while one makes the tables.
_LONG = (
    "policy/test_mutations.py",
    "cluster/test_cluster.py",
    "browser/test_pages.py",
    "browser/test_writing.py",
    "project/test_processes.py",
    "project/test_deploying.py",
    "policy/test_rows_X6.py",
    "browser/test_newcomer.py",
    "browser/test_offline.py",
    "isolation/test_addresses.py",
    "programs/test_openapi.py",
    "browser/test_studio.py",
    "browser/test_today.py",
    "browser/test_directions.py",
    "browser/test_sources.py",
    "browser/test_saved.py",
    "soak/test_soak.py",
    "desk/test_access.py",
    "desk/test_hostile_values.py",
    "project/test_observatory.py",
    "project/test_forged_posts.py",
    "studio/test_editing.py",
    "privacy/test_every_table.py",
    "letters/test_killing.py",
    "demo/test_loaded.py",
)
# Who asks for one of these reaches the database of the tests.
_DATABASE = {"db", "transactional_db", "django_db_setup"}


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
    again = [item for item in items if _is_for_postgresql(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(again)])
    items[:] = again


def pytest_collection_finish() -> None:
    """What was loaded by now stays: a garbage collector that goes through all of it again and again finds nothing."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def _is_for_postgresql(item: pytest.Item) -> bool:
    """Say whether a test may show something else than with SQLite: who does not ask for the database cannot reach it.

    Unless by a process of its own: such tests are marked.
    """
    if item.get_closest_marker("once"):
        return False
    if item.get_closest_marker("on_both_databases") or item.get_closest_marker("django_db"):
        return True
    is_django = issubclass(getattr(item, "cls", None) or object, TransactionTestCase)
    return is_django or not _DATABASE.isdisjoint(getattr(item, "fixturenames", ()))


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
