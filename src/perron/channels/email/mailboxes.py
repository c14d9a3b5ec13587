"""Reading the mailbox that reports come back to: over IMAP, or a Maildir that a server on this machine fills.

What was understood is taken out. The rest stays, marked as seen, for whoever reads that mailbox.
"""

import imaplib
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings

from perron.channels.email.reports import LARGEST
from perron.channels.email.returns import Returns

# Of all that waits, so many at a time: the worker has other mail to look after.
_AT_ONCE = 200
# For each answer of the server, in seconds.
_PATIENCE = 20.0


class NoMailbox(Exception):
    """The mailbox cannot be read now. The message says why, and nothing of what is in it."""


def read_new(take: Callable[[bytes], bool]) -> int:
    """Hand each new mail to `take`, at most 200; those for which it says True are removed. Return how many those were.

    Raises `NoMailbox`. Where there is no such mailbox, nothing is read.
    """
    returns: Returns | None = settings.PERRON_BOUNCES
    if returns is None:
        return 0
    return _read_maildir(returns, take) if returns.kind == "maildir" else _read_imap(returns, take)


def _read_maildir(returns: Returns, take: Callable[[bytes], bool]) -> int:
    folder = Path(returns.folder)
    if not (folder / "new").is_dir():
        raise NoMailbox(f"{folder} is no Maildir that can be read")
    taken = 0
    for path in sorted((folder / "new").iterdir())[:_AT_ONCE]:
        key = path.name.partition(":")[0]
        if path.stat().st_size <= LARGEST and take(path.read_bytes()):
            path.unlink()
            taken += 1
        else:
            path.rename(folder / "cur" / f"{key}:2,S")
    return taken


def _read_imap(returns: Returns, take: Callable[[bytes], bool]) -> int:
    try:
        with _connected(returns) as server:
            server.login(returns.user, returns.password)
            _expect(server.select(_quoted(returns.folder)))
            numbers = _expect(server.uid("SEARCH", "UNSEEN"))[0].split()[:_AT_ONCE]
            taken = sum(_take_one(server, number.decode("ascii"), take) for number in numbers)
            if taken:
                server.expunge()
            return taken
    except (imaplib.IMAP4.error, OSError) as error:
        # Its words may repeat the name of who signs in.
        raise NoMailbox(f"{returns.host} does not let us read it ({type(error).__name__})") from error


def _connected(returns: Returns) -> imaplib.IMAP4:
    if returns.tls:
        context = ssl.create_default_context()
        return imaplib.IMAP4_SSL(returns.host, returns.port, ssl_context=context, timeout=_PATIENCE)
    return imaplib.IMAP4(returns.host, returns.port, timeout=_PATIENCE)


def _take_one(server: imaplib.IMAP4, number: str, take: Callable[[bytes], bool]) -> bool:
    # A piece of what is too large is no report, and stays.
    answer = _expect(server.uid("FETCH", number, f"(BODY.PEEK[]<0.{LARGEST + 1}>)"))
    content = next((bytes(each[1]) for each in answer if isinstance(each, tuple)), b"")
    understood = take(content)
    _expect(server.uid("STORE", number, "+FLAGS.SILENT", r"(\Deleted)" if understood else r"(\Seen)"))
    return understood


def _expect(answer: tuple[str, list[Any]]) -> list[Any]:
    said, data = answer
    if said != "OK":
        raise imaplib.IMAP4.error("refused")
    return data


def _quoted(folder: str) -> str:
    return '"' + folder.replace("\\", "\\\\").replace('"', '\\"') + '"'
