"""Looking into the inbox: which conversations there are, and what is not shown."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import F, Q, QuerySet

from perron.accounts.models import Person
from perron.communities.access import holders
from perron.communities.permissions import ANSWER_CONTACT
from perron.core.text import clean_line
from perron.outreach.contact.tables import Conversation
from perron.privacy.hiding import stored


@dataclass(frozen=True)
class Wanted:
    """What to show of the inbox: a state, whose (a person's UUID, "nobody", or "" for all), and words to look for."""

    state: str = Conversation.State.OPEN
    whose: UUID | str = ""
    words: str = ""


def find(wanted: Wanted) -> QuerySet[Conversation]:
    """Return the conversations wanted: those that wait for an answer first, longest waiting first; then the newest."""
    rows = Conversation.objects.select_related("assigned_to", "platform")
    if wanted.state:
        rows = rows.filter(state=wanted.state)
    if isinstance(wanted.whose, UUID):
        rows = rows.filter(assigned_to=wanted.whose)
    elif wanted.whose == "nobody":
        rows = rows.filter(assigned_to=None)
    for word in clean_line(wanted.words).split()[:5]:
        rows = rows.filter(_holds(word))
    return rows.order_by(F("waiting_since").asc(nulls_last=True), "-last_contact_at", "-pk")


def others_with(conversation: Conversation) -> QuerySet[Conversation]:
    """Return the other conversations with the same address, the newest first."""
    same = Conversation.objects.filter(subject_id=conversation.subject_id).exclude(pk=conversation.pk)
    return same.order_by("-began_at")


def count_waiting() -> int:
    """Return in how many conversations the last word is theirs."""
    return Conversation.objects.filter(waiting_since__isnull=False).count()


def count_restricted() -> int:
    """Return how many conversations are stored and not shown, because the person's data are restricted."""
    return stored(Conversation).count() - Conversation.objects.count()


def staff() -> QuerySet[Person]:
    """Return who may take care of conversations."""
    return holders(ANSWER_CONTACT)


def _holds(word: str) -> Q:
    fields = ("reference", "first_name", "name", "email", "heading")
    held = Q()
    for field in fields:
        held |= Q(**{f"{field}__icontains": word})
    return held
