from collections.abc import Iterator

import pytest
from django.utils import translation


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """Sentences are compared as the code has them, whatever is translated."""
    with translation.override("en"):
        yield
