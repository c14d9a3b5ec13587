"""What is a report, and what only looks like one; and where it is read from."""

import shutil
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from perron.channels.email import mailboxes
from perron.channels.email.mailboxes import NoMailbox, read_new
from perron.channels.email.reports import Report, read_report
from perron.channels.email.returns import Returns, read_returns
from tests.channels.imap_server import ImapServer
from tests.channels.returned import complaint, holiday, not_delivered

pytestmark = pytest.mark.once

PATH = "bounces+token@example.org"
MESSAGE = UUID("01936b3c-0000-7000-8000-000000000001")


@pytest.mark.parametrize("original", ["message/rfc822", "text/rfc822-headers"])
def test_a_report_says_why_and_about_which_message(original: str) -> None:
    found = read_report(not_delivered(PATH, MESSAGE, status="5.2.2", original=original))
    assert found == Report("5.2.2", MESSAGE)
    assert read_report(complaint(PATH, MESSAGE, original=original)) == Report("", MESSAGE)


def test_it_may_leave_our_message_out() -> None:
    assert read_report(not_delivered(PATH, MESSAGE, original="")) == Report("5.1.1", None)


@pytest.mark.parametrize(
    "content",
    [
        holiday(PATH),
        not_delivered(PATH, MESSAGE, action="delayed", status="4.4.1"),
        not_delivered(PATH, MESSAGE, action="delivered", status="2.0.0"),
        not_delivered(PATH, MESSAGE, status="5.x"),
        complaint(PATH, MESSAGE, kind="not-spam"),
        complaint(PATH, MESSAGE, kind="auth-failure"),
        not_delivered(PATH, MESSAGE).replace(b"multipart/report", b"multipart/mixed"),
        not_delivered(PATH, MESSAGE) + b"x" * 1_000_000,
        b"",
    ],
)
def test_anything_else_is_no_report(content: bytes) -> None:
    assert read_report(content) is None


@given(st.binary(max_size=300), st.integers(0, 600))
def test_no_bytes_break_it(noise: bytes, place: int) -> None:
    whole = not_delivered(PATH, MESSAGE)
    read_report(whole[:place] + noise + whole[place:])


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("imaps://u:p@imap.example.org/INBOX", "name the address"),
        ("imaps://u:p@imap.example.org/?address=nobody", "name the address"),
        ("imaps://u:p@imap.example.org/?address=a+b@example.org", "no plus"),
        ("imaps://u:p@imap.example.org/?address=returned-messages@example.org", "at most 15"),
        ("imap://u:p@imap.example.org/?address=b@example.org", "imaps:// for TLS"),
        ("imap://u:p@imap.example.org/?tls=none&address=b@example.org", "own machine"),
        ("imaps://u:p@imap.example.org:x/?address=b@example.org", "no number"),
        ("imaps://u:p@imap.example.org/?folder=x&address=b@example.org", "folder is not known"),
        ("pop3://u:p@imap.example.org/?address=b@example.org", "write it as"),
        ("maildir://?address=b@example.org", "write it as"),
    ],
)
def test_a_wrong_setting_is_a_sentence(url: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence) as refusal:
        read_returns(url)
    assert ":p@" not in str(refusal.value)


def test_a_setting_is_read() -> None:
    found = read_returns("imaps://b%40example.org:p%2Fw@imap.example.org/Returned?address=b@example.org")
    assert found == Returns("b@example.org", "imap", "Returned", "imap.example.org", 993, True, "b@example.org", "p/w")
    assert "p/w" not in repr(found)
    assert read_returns("maildir:///var/mail/b?address=b@example.org").folder == "/var/mail/b"


def maildir(folder: Path, *contents: bytes) -> Returns:
    for name in ("new", "cur", "tmp"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for number, content in enumerate(contents):
        (folder / "new" / f"{number}.host").write_bytes(content)
    return Returns("b@example.org", "maildir", str(folder))


def test_what_is_understood_leaves_a_maildir_and_the_rest_is_seen(settings: Settings, tmp_path: Path) -> None:
    settings.PERRON_BOUNCES = maildir(tmp_path, b"yes", b"no", b"yes too")
    assert read_new(lambda content: content.startswith(b"yes")) == 2
    assert [path.name for path in (tmp_path / "cur").iterdir()] == ["1.host:2,S"]
    assert not list((tmp_path / "new").iterdir())
    shutil.rmtree(tmp_path)
    with pytest.raises(NoMailbox, match="no Maildir"):
        read_new(lambda _content: True)


def test_what_is_understood_leaves_an_imap_mailbox_and_the_rest_is_seen(settings: Settings) -> None:
    with ImapServer([b"yes", b"no\r\n)", b"yes too"]) as server:
        settings.PERRON_BOUNCES = server.returns
        assert read_new(lambda content: content.startswith(b"yes")) == 2
        assert server.left() == {2: {r"\Seen"}}
        assert read_new(lambda _content: True) == 0, "what was seen is left to people"
        settings.PERRON_BOUNCES = Returns("b@example.org", "imap", "INBOX", "127.0.0.1", server.port, False, "b", "x")
        with pytest.raises(NoMailbox) as refusal:
            read_new(lambda _content: True)
        assert "secret" not in str(refusal.value)


def test_a_mailbox_that_does_not_answer_or_is_not_there(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailboxes, "_PATIENCE", 0.2)
    settings.PERRON_BOUNCES = Returns("b@example.org", "imap", "INBOX", "127.0.0.1", 1, False)
    with pytest.raises(NoMailbox):
        read_new(lambda _content: True)
    settings.PERRON_BOUNCES = None
    assert read_new(lambda _content: True) == 0
