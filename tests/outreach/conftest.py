import pytest

from perron.communities.models import Platform
from tests import making
from tests.delivery.conftest import _answering, server

__all__ = ["_answering", "front", "server"]


@pytest.fixture
def front() -> Platform:
    return making.platform(making.community())
