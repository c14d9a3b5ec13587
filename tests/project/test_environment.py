from pathlib import Path

import pytest

from perron.project import environment


def test_the_parameters_of_the_databases_connection_are_not_lost(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PERRON_DATABASE", "postgresql://anne:a%40b@db.example.org/perron?sslmode=verify-full")
    database = environment.database(tmp_path)
    assert (database["PASSWORD"], database["OPTIONS"]) == ("a@b", {"sslmode": "verify-full"})
