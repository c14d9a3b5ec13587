from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection

from perron.privacy import keys
from perron.project.backups.databases import counts
from perron.project.backups.writing import back_up, own_folder

type State = tuple[dict[str, int], dict[str, bytes]]


@pytest.fixture(autouse=True)
def _keys_of_its_own() -> Iterator[None]:
    keys.forget()
    yield
    keys.forget()


@pytest.fixture(autouse=True)
def _one_for_all(request: pytest.FixtureRequest) -> None:
    """With PostgreSQL a restore takes seconds: a few tests stand for all."""
    if connection.vendor == "postgresql" and not request.node.get_closest_marker("on_both_databases"):
        pytest.skip("the same on SQLite, in a tenth of the time")


@pytest.fixture(autouse=True)
def _database(_one_for_all: None, transactional_db: Any) -> None:
    """Backups are of what has been committed."""


@pytest.fixture
def backup() -> Callable[[], Path]:
    return lambda: back_up(own_folder())


def save_file(name: str, content: bytes) -> None:
    default_storage.save(name, ContentFile(content))


def media() -> dict[str, bytes]:
    root = Path(settings.MEDIA_ROOT)
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def state() -> State:
    """Return the rows per table, and the files."""
    return counts(), media()
