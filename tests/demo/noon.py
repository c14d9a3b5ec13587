"""When the tests of the demo take place, and what stands for its pictures."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import pytest

from perron.core import clock
from perron.project.demo import loading
from tests.images.pictures import encoded, halves

# A Wednesday afternoon, so that nothing depends on when the tests run.
NOON = datetime(2026, 11, 25, 14, tzinfo=clock.BRUSSELS)


@contextmanager
def small_pictures() -> Iterator[None]:
    """A small picture stands for all: painting is tested beside this, and takes its time."""
    small = encoded(halves(320, 200)).getvalue()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(loading, "paint", lambda _scene, seed: small if seed else b"")
        yield
