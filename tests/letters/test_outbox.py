"""Without a mail server, letters stay in a folder of the installation."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings

from perron.channels.email import outbox as folder
from perron.core.clock import now, travel
from perron.letters import outbox
from perron.letters.posting import post_due
from perron.privacy.subjects import of_address
from tests.channels.mail_server import MailServer
from tests.letters.writing_letters import letter

pytestmark = pytest.mark.django_db


def test_they_are_found_newest_first_and_nobody_else_may_read_them() -> None:
    with travel(now() - timedelta(hours=1)):
        letter(to="anne@example.org")
        post_due()
    letter(to="bert@example.org", language="nl")
    post_due()
    assert [str(kept.message["To"]) for kept in outbox.newest()] == ["bert@example.org", "anne@example.org"]
    newest = outbox.read(outbox.newest()[0].name)
    assert newest
    assert "it is nl" in newest.text
    assert '<html lang="nl"' in newest.html
    assert "Content-Language: nl" in newest.source
    files = list(Path(settings.PERRON_HOME, "outbox").iterdir())
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    assert not any("example" in path.name for path in files)


@pytest.mark.parametrize("name", ["", "..", "../secret_key", "nothing.eml"])
def test_nothing_else_is_found_there(name: str) -> None:
    letter()
    post_due()
    assert outbox.read(name) is None


def test_somebodys_letters_are_found_and_forgotten() -> None:
    letter(to="anne@example.org")
    letter(to="bert@example.org")
    post_due()
    anne = of_address("anne@example.org")
    assert folder.contains(anne)
    assert folder.forget([anne]) == 1
    assert not folder.contains(anne)
    assert [str(kept.message["To"]) for kept in outbox.newest()] == ["bert@example.org"]


def test_they_go_when_sent_letters_go() -> None:
    letter()
    post_due()
    with travel(now() + timedelta(days=29)):
        assert outbox.forget_old() == 0
    with travel(now() + timedelta(days=31)):
        assert outbox.forget_old() == 1
    assert outbox.newest() == []


def test_with_a_mail_server_nothing_stays(server: MailServer) -> None:
    letter()
    post_due()
    assert outbox.newest() == []
    assert not Path(settings.PERRON_HOME, "outbox").exists()
