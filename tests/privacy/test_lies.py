"""Declarations that say what is not so: the lives of planted rows must find each of them out."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from allauth.account.models import EmailAddress

from perron.accounts.models import Session
from perron.privacy import gate, leaving
from perron.privacy.declaring import Blank, Declarations, Keep, Personal
from perron.privacy.gate import collecting
from tests import planting
from tests.privacy import lives


def _declared(model: type) -> Personal:
    return next(table for table in planting.personal_tables() if table.model is model)


@contextmanager
def _lying(model: type, monkeypatch: pytest.MonkeyPatch, **said: Any) -> Iterator[Personal]:
    """Within the block, the table is declared otherwise."""
    lie = replace(_declared(model), **said)
    others = [table for table in gate.tables() if table.model is not model]
    _forget()
    with monkeypatch.context() as patch:
        patch.setattr(collecting, "declarations", lambda: (Declarations(tables=(*others, lie)),))
        yield lie
    _forget()


def _forget() -> None:
    for cached in (leaving.ties, leaving._has_files):
        cached.cache_clear()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("model", "lie", "found"),
    [
        (Session, Blank({"session_data": ""}), "says that it was erased"),
        (EmailAddress, Blank({"verified": False}), "says that it was erased"),
        (Session, Keep(reason="curiosity", citation="GDPR art. 17(3)(b)"), "no reason of the policy"),
        (Session, Keep(reason="tax", citation="we always did"), "no rule"),
    ],
)
def test_a_lie_about_erasure_is_found_out(model: type, lie: Any, found: str, monkeypatch: pytest.MonkeyPatch) -> None:
    lives.plant_and_erase(_declared(model))
    with _lying(model, monkeypatch, erasure=lie) as table, pytest.raises(AssertionError, match=found):
        lives.plant_and_erase(table)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("model", "lie"),
    [
        # What identifies stays.
        (Session, {"expiry": Blank({"session_data": ""})}),
        # It holds the account for ever.
        (EmailAddress, {"expiry": Blank({"email": ""})}),
    ],
)
def test_a_lie_about_the_time_is_found_out(model: type, lie: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    lives.plant_and_expire(_declared(model))
    with _lying(model, monkeypatch, **lie) as table, pytest.raises(AssertionError, match="after its time"):
        lives.plant_and_expire(table)
