from collections import defaultdict
from collections.abc import Iterator

import pytest
from pytest_django.fixtures import Settings

from perron.channels.email.pacing import Domains
from perron.communities.models import Community
from perron.delivery import sending, working
from perron.letters.unreachable import Closed
from tests import making
from tests.channels.hook_server import HookServer
from tests.channels.mail_server import MailServer


@pytest.fixture(autouse=True)
def _answering(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test remembers that a server did not answer in the one before."""
    monkeypatch.setattr(sending, "_closed", defaultdict(Closed))
    monkeypatch.setattr(working.CARRIERS[0], "domains", Domains())


@pytest.fixture
def server(settings: Settings) -> Iterator[MailServer]:
    with MailServer() as listening:
        settings.PERRON_MAIL = listening.server
        yield listening


@pytest.fixture
def receiver(settings: Settings) -> Iterator[HookServer]:
    settings.PERRON_WEBHOOK_NETWORKS = ["127.0.0.2/32"]
    with HookServer() as listening:
        yield listening


@pytest.fixture
def liege() -> Community:
    community = making.community(names={"fr": "Ville de Liège", "nl": "Stad Luik"})
    making.platform(community)
    return community
