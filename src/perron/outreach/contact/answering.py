"""What the operator's staff do with a conversation: answer, note, assign, close, reopen, add what came otherwise."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.utils.translation import gettext as _

from perron.accounts.models import Person
from perron.communities.access import holds, permit, person_of
from perron.communities.permissions import ANSWER_CONTACT
from perron.core.clock import now
from perron.core.errors import Conflict, NotFound, Refused
from perron.core.text import clean_text
from perron.letters import writing
from perron.outreach.contact.receiving import LONGEST, touch
from perron.outreach.contact.tables import Conversation, Message
from perron.privacy import auditing
from perron.privacy.acting import Actor
from perron.privacy.policy.current import policy

_State, _Kind = Conversation.State, Message.Kind


def answer(conversation: Conversation, text: str, *, by: Actor, expected: int | None = None) -> Message:
    """Answer by a letter in the thread of the conversation; answering reopens nothing and assigns who answers.

    `expected` is how many messages the writer had before them: if another has come since, nothing is sent. Raises
    `NotAllowed`, `Refused` for no text, `Conflict`, `NotFound` when it has been restricted or has gone.
    """
    with _changing(conversation, by) as locked:
        there = locked.messages.count()
        if expected is not None and there != expected:
            raise Conflict(_("Something was added to this conversation since you opened it. Read it, then answer."))
        letter = writing.write(
            "contact-answer",
            to=locked.email,
            subject=locked.subject,
            language=locked.language,
            context={"reference": locked.reference, "heading": locked.heading, "text": _checked(text)},
            by=by,
            thread=[each for each in locked.messages.values_list("letter", flat=True) if each],
            reply_to=policy().operator.email,
        )
        made = _add(locked, _Kind.ANSWER, text, by, letter=letter.message_id)
        locked.waiting_since = None
        locked.assigned_to = locked.assigned_to or _staff(by)
        locked.save(update_fields=["waiting_since", "assigned_to"])
        touch(locked)
        auditing.record("answer contact", locked, by=by)
    return made


def add_received(conversation: Conversation, text: str, *, by: Actor) -> Message:
    """Add what the person wrote or said otherwise, by mail or telephone: their word is the last one again."""
    with _changing(conversation, by) as locked:
        made = _add(locked, _Kind.RECEIVED, text, by)
        locked.state = _State.OPEN
        locked.waiting_since = now()
        locked.save(update_fields=["state", "waiting_since"])
        touch(locked)
        auditing.record("add to contact", locked, by=by)
    return made


def note(conversation: Conversation, text: str, *, by: Actor) -> Message:
    """Add a note for colleagues; no contact with the person, so the clock goes on."""
    with _changing(conversation, by) as locked:
        made = _add(locked, _Kind.NOTE, text, by)
        auditing.record("note contact", locked, by=by)
    return made


def assign(conversation: Conversation, person: Person | None, *, by: Actor) -> None:
    """Say who of the staff takes care of it, or nobody in particular. Raises `Refused` for somebody else."""
    if person is not None and not holds(person, ANSWER_CONTACT):
        raise Refused(_("Only the operator's staff take care of conversations."))
    with _changing(conversation, by) as locked:
        locked.assigned_to = person
        locked.save(update_fields=["assigned_to"])
        auditing.record("assign contact", locked, by=by)


def close(conversation: Conversation, *, by: Actor) -> None:
    """There is nothing left to answer. Raises `Conflict` when it was closed already."""
    with _changing(conversation, by) as locked:
        if locked.state == _State.CLOSED:
            raise Conflict(_("This conversation was closed already."))
        locked.state, locked.waiting_since = _State.CLOSED, None
        locked.save(update_fields=["state", "waiting_since"])
        auditing.record("close contact", locked, by=by)


def reopen(conversation: Conversation, *, by: Actor) -> None:
    """There is something to answer after all. Raises `Conflict` when it is open."""
    with _changing(conversation, by) as locked:
        if locked.state == _State.OPEN:
            raise Conflict(_("This conversation is open already."))
        locked.state = _State.OPEN
        locked.save(update_fields=["state"])
        auditing.record("reopen contact", locked, by=by)


@contextmanager
def _changing(conversation: Conversation, by: Actor) -> Iterator[Conversation]:
    """Yield the conversation, locked, in a transaction; not one that has been restricted meanwhile."""
    permit(by, ANSWER_CONTACT)
    with transaction.atomic():
        locked = Conversation.objects.select_for_update().filter(pk=conversation.pk).first()
        if not locked:
            raise NotFound(_("This conversation is not here: it is restricted, or its time has passed."))
        yield locked


def _add(conversation: Conversation, kind: Message.Kind, text: str, by: Actor, *, letter: str = "") -> Message:
    return Message.objects.create(
        conversation=conversation, kind=kind, text=_checked(text), by=_staff(by), letter=letter
    )


def _checked(text: str) -> str:
    cleaned = clean_text(text)
    if not cleaned:
        raise Refused(_("Write something first."))
    if len(cleaned) > 2 * LONGEST:
        raise Refused(_("Write at most %(number)d characters.") % {"number": 2 * LONGEST})
    return cleaned


def _staff(by: Actor) -> Person | None:
    person = person_of(by)
    return person if isinstance(person, Person) else None
