"""Writes a letter with as few words as possible."""

from typing import Any

from django.db import transaction

from perron.letters.models import Letter
from perron.letters.writing import write
from perron.privacy.acting import SYSTEM
from perron.privacy.subjects import of_address


def letter(kind: str = "hello", *, to: str = "anne@example.org", **more: Any) -> Letter:
    values: dict[str, Any] = {"subject": of_address(to), "language": "en", "context": {"name": "Anne"}, "by": SYSTEM}
    with transaction.atomic():
        return write(kind, to=to, **values | more)
