"""Posting letters: each is leased, sent, and noted as sent. A kill between the last two makes the one duplicate there
can be, with the same message identifier; nothing is ever lost."""

import logging
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F

from perron.channels.email.mail import Mail
from perron.channels.email.sending import Post
from perron.channels.email.transport import NotSent, Unreachable
from perron.core.clock import now
from perron.core.waking import stopping
from perron.letters import retrying
from perron.letters.kinds import kind_named
from perron.letters.models import Letter
from perron.letters.rendering import render
from perron.letters.sender import sender
from perron.letters.unreachable import Closed
from perron.privacy.acting import SYSTEM
from perron.privacy.auditing import record
from perron.privacy.clearing import NotCleared, clear
from perron.privacy.reasons import Reason

# Longer than one mail can take: greeting, TLS, sign-in, and five answers of twenty seconds at most.
LEASE = timedelta(minutes=5)
_AT_ONCE = 100

_log = logging.getLogger(__name__)


def post_due(*, limit: int = 1000, lease: timedelta = LEASE) -> int:
    """Send what is due, at most `limit` letters, and return how many were sent. Several workers may do so at once.

    While no mail can leave at all, nothing is tried for up to a minute.
    """
    if _closed.holds():
        return 0
    sent = 0
    with Post() as post:
        while limit > 0 and (letters := list(Letter.objects.due()[: min(limit, _AT_ONCE)])):
            limit -= len(letters)
            for letter in letters:
                if stopping.is_set():
                    return sent
                try:
                    sent += _lease(letter, lease) and _post(letter, post)
                except Unreachable as error:
                    _put_back(letter, error.reason)
                    _closed.begin(error.reason)
                    return sent
    _closed.end()
    return sent


def _lease(letter: Letter, lease: timedelta) -> bool:
    """Take the letter for ourselves, by moving when it is due; False if another worker was first."""
    mine = Letter.objects.filter(pk=letter.pk, ended_at=None, due_at=letter.due_at)
    return mine.update(due_at=now() + lease, tries=F("tries") + 1) == 1


def _post(letter: Letter, post: Post) -> bool:
    kind = kind_named(letter.kind)
    over = letter.written_at + kind.lasts <= now()
    try:
        clearance = clear(letter.whose, letter.serves, at_their_request=kind.in_restriction)
        post.send(_mail(letter), clearance)
    except NotCleared as error:
        # A restriction ends one day; the other reasons do not.
        _failed(letter, f"not cleared: {error.reason}", is_last=over or error.reason != Reason.RESTRICTED)
    except NotSent as error:
        _failed(letter, error.reason, is_last=over or error.permanent)
    except Unreachable:
        if not over:
            raise
        _failed(letter, "unreachable", is_last=True)
    except Exception as error:  # noqa: BLE001 see below
        # One letter that breaks the program does not stop those behind it.
        _log.exception("A letter of the kind “%s” could not be made; it is tried again.", letter.kind)
        _failed(letter, type(error).__name__, is_last=over)
    else:
        _sent(letter)
        return True
    return False


def _mail(letter: Letter) -> Mail:
    words = render(letter)
    return Mail(
        to=letter.to,
        whose=letter.whose,
        activity=letter.serves,
        sender=sender(),
        message_id=letter.message_id,
        date=letter.written_at,
        heading=words.heading,
        text=words.text,
        html=words.html,
        language=letter.language,
        reply_to=letter.reply_to,
        references=tuple(letter.references),
        automatic=kind_named(letter.kind).automatic,
    )


def _sent(letter: Letter) -> None:
    """Note it, and forget what it said."""
    _forget(letter, was_sent=True, context={}, failure="")


def _failed(letter: Letter, reason: str, *, is_last: bool) -> None:
    rows = Letter.objects.filter(pk=letter.pk)
    if not is_last:
        rows.update(due_at=now() + retrying.pause(letter.tries + 1), failure=reason)
        return
    with transaction.atomic():
        _forget(letter, failure=reason)
        record("give up letter", letter, by=SYSTEM, kind=letter.kind, reason=reason)


def _forget(letter: Letter, **columns: Any) -> None:
    """Note how a letter ended; where its kind says so, its address goes too."""
    gone = {"to": ""} if kind_named(letter.kind).forgets_address else {}
    Letter.objects.filter(pk=letter.pk).update(ended_at=now(), **columns, **gone)


def _put_back(letter: Letter, reason: str) -> None:
    """It did not fail by itself: it is first again, and the try does not count."""
    Letter.objects.filter(pk=letter.pk).update(due_at=letter.due_at, tries=letter.tries, failure=reason)


_closed = Closed()
