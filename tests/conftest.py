import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from django.test import TransactionTestCase
from django.utils import translation
from pytest_django.fixtures import Settings


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out, with PostgreSQL, what shows the same with any database: it ran with SQLite."""
    if not os.environ.get("PERRON_DATABASE"):
        return
    again = [item for item in items if not item.get_closest_marker("once")]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(again)])
    items[:] = again


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
def _rules_speak_english() -> Iterator[None]:
    """Outside a request, refusals come in the language of the sources; pages still choose their own."""
    with translation.override("en"):
        yield


_flush = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]


def _flush_with_evidence(case: TransactionTestCase) -> None:
    """Empty the tables after a test that committed; evidence goes only once its anchor has passed it."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE privacy_evidencehead SET anchor_sequence = sequence")
        cursor.execute("DELETE FROM privacy_evidenceentry")
    _flush(case)


TransactionTestCase._fixture_teardown = _flush_with_evidence  # type: ignore[attr-defined]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the score of the policy's mutations, and its survivors by name."""
    for report in (*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")):
        for name, score in report.user_properties:
            if name == "policy_mutations" and report.when == "call":
                terminalreporter.write_line(f"policy of {score}")
