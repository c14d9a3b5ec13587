"""What an answer says while the database is away, and that it is another thing than a fault of the program."""

import pytest
from django.db import InterfaceError, OperationalError
from django.test import Client

from perron.reader.api.problems import failure
from perron.reader.website import contact

pytestmark = pytest.mark.once


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("error", "status", "wait"),
    [(OperationalError("gone"), 503, "10"), (InterfaceError("closed"), 503, "10"), (ValueError("ours"), 500, None)],
)
def test_a_database_that_is_away_is_no_fault_of_the_program(
    error: Exception, status: int, wait: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(contact, "platform_of", fail)
    answer = Client(raise_request_exception=False).get("/fr/contact/")
    assert (answer.status_code, answer.get("Retry-After")) == (status, wait)
    assert "Réessayez" in answer.content.decode()


def test_programs_are_told_the_same() -> None:
    answer = failure(OperationalError("gone"))
    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    assert b'"status": 503' in answer.content
    assert failure(ValueError("ours")).status_code == 500
