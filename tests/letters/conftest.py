from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from perron.letters import kinds, posting
from perron.letters.unreachable import Closed
from perron.privacy.declaring import Activity
from perron.privacy.letter_kinds import LetterKind
from tests.channels.mail_server import MailServer

HELLO = LetterKind(name="hello", heading="Hello, %(name)s", why="You asked for it.", activity=Activity.RIGHTS)
LET_IN = LetterKind(
    name="let-in", heading="Your link", why="You asked for it.", activity=Activity.ACCOUNTS, in_restriction=True
)
NEWS = LetterKind(name="news", heading="News", why="You have an account.", activity=Activity.ACCOUNTS)


@pytest.fixture(autouse=True)
def _kinds_for_tests(monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path) -> None:
    """Three kinds of letters, with their templates, beside those of the program."""
    both = {**kinds.kinds(), **{kind.name: kind for kind in (HELLO, LET_IN, NEWS)}}
    monkeypatch.setattr(kinds, "kinds", lambda: both)
    monkeypatch.setattr(posting, "_closed", Closed())
    (tmp_path / "letters").mkdir()
    for name in ("hello", "let-in", "news"):
        for form in ("txt", "html"):
            words = "{% block words %}Hello {{ name }}, it is {{ language }}.{% endblock %}"
            (tmp_path / "letters" / f"{name}.{form}").write_text(f'{{% extends "letters/base.{form}" %}}{words}')
    templates = deepcopy(settings.TEMPLATES)
    templates[0]["DIRS"].append(tmp_path)
    settings.TEMPLATES = templates
    settings.PERRON_HOME = tmp_path


@pytest.fixture
def server(settings: Settings) -> Iterator[MailServer]:
    with MailServer() as listening:
        settings.PERRON_MAIL = listening.server
        yield listening
