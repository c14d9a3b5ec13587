"""A second person reads before release: asking, commenting, accepting, sending back.

Acceptance is of one revision: a later one needs another. Nobody accepts what they saved last themselves. Alerts do
not wait to be read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from perron.accounts.models import Person
from perron.communities.access import holds, permit, person_of
from perron.communities.models import Community
from perron.communities.permissions import WRITE
from perron.core.errors import Refused
from perron.core.text import clean_text
from perron.letters.writing import write
from perron.privacy.acting import Actor
from perron.privacy.auditing import record
from perron.privacy.subjects import of_person
from perron.publishing import drafting
from perron.publishing.addresses import absolute, review_path
from perron.publishing.models import Item, ReviewStep

LONGEST = 2000

_What = ReviewStep.What
_DECISIONS = (_What.ACCEPTED, _What.SENT_BACK)


@dataclass(frozen=True)
class Review:
    """Where the reading of an item stands. `last` is the step that says it; None while nobody was asked."""

    steps: Sequence[ReviewStep]
    last: ReviewStep | None
    asked_by: Person | None
    edition: int

    @property
    def state(self) -> str:
        """One of "", "waits", "accepted", "outdated" (a later text than was accepted), "sent back"."""
        if self.last is None:
            return ""
        if self.last.what == _What.ACCEPTED:
            return "accepted" if self.last.edition == self.edition else "outdated"
        return "sent back" if self.last.what == _What.SENT_BACK else "waits"


def review_of(item: Item) -> Review:
    """Return where the reading of `item` stands, with everything that was said."""
    steps = list(item.review_steps.select_related("person"))
    last = next((step for step in reversed(steps) if step.what in {_What.ASSIGNED, *_DECISIONS}), None)
    asked = next((step.person for step in reversed(steps) if step.what == _What.ASKED), None)
    return Review(steps, last, asked, item.edition)


def must_be_read(item: Item) -> bool:
    """Say whether the newest revision may not be released yet: the community asks for a reader, and nobody accepted."""
    return item.community.second_reader and item.kind != "alert" and review_of(item).state != "accepted"


def ask(item: Item, reader: Person, *, by: Actor, expected: int, words: str = "") -> None:
    """Ask `reader`, a member, to read revision `expected`; they are told by letter.

    Raises `NotAllowed`, `Conflict`, and `Refused` for somebody who cannot be the second person.
    """
    permit(by, WRITE, item.community)
    if reader.pk == by.id:
        raise Refused(_("Ask somebody else than yourself: a second person reads."))
    if not holds(reader, WRITE, item.community):
        raise Refused(_("This person does not work for this community any more. Choose somebody else."))
    with transaction.atomic():
        item = drafting.lock(item, expected=expected)
        if _saved_by(item) == reader.pk:
            raise Refused(_("This person wrote the newest text. Choose somebody else to read it."))
        _step(item, _What.ASKED, by, words)
        ReviewStep.objects.create(item=item, edition=item.edition, what=_What.ASSIGNED, person=reader)
        record("ask for review", item, by=by, tenant=item.community_id, edition=item.edition)
        tell("review-asked", reader, item, by=by, words=words)


def comment(item: Item, words: str, *, by: Actor) -> None:
    """Say something about the text, for those who work on it."""
    permit(by, WRITE, item.community)
    if not clean_text(words):
        raise Refused(_("Write what you want to say."))
    with transaction.atomic():
        item = drafting.lock(item)
        _step(item, _What.COMMENTED, by, words)
        record("comment", item, by=by, tenant=item.community_id, edition=item.edition)


def accept(item: Item, *, by: Actor, expected: int, words: str = "") -> None:
    """Let revision `expected` be released. Raises `NotAllowed`, `Conflict`, `Refused` to who wrote it."""
    permit(by, WRITE, item.community)
    with transaction.atomic():
        item = drafting.lock(item, expected=expected)
        if _saved_by(item) == by.id:
            raise Refused(_("You wrote this text yourself: a second person must read it."))
        _step(item, _What.ACCEPTED, by, words)
        record("accept", item, by=by, tenant=item.community_id, edition=item.edition)
        _tell_the_asker("review-accepted", item, by=by, words=words)


def send_back(item: Item, words: str, *, by: Actor, expected: int) -> None:
    """Say why revision `expected` cannot be released yet. Raises `NotAllowed`, `Conflict`, `Refused` for no reason."""
    permit(by, WRITE, item.community)
    with transaction.atomic():
        item = drafting.lock(item, expected=expected)
        note_sent_back(item, words, by=by)
        record("send back", item, by=by, tenant=item.community_id, edition=item.edition)
        _tell_the_asker("review-sent-back", item, by=by, words=words)


def note_sent_back(item: Item, words: str, *, by: Actor) -> None:
    """Write down that this locked item was sent back, and why. Raises `Refused` for no reason."""
    if not clean_text(words):
        raise Refused(_("Say what should change."))
    _step(item, _What.SENT_BACK, by, words)


def waiting_for(person: Person, community: Community) -> "QuerySet[Item]":
    """Return the items whose reading waits for `person`, the longest waiting first."""
    later = ReviewStep.objects.filter(
        item=OuterRef("item"), what__in=[_What.ASSIGNED, *_DECISIONS], at__gt=OuterRef("at")
    )
    waiting = ReviewStep.objects.filter(person=person, what=_What.ASSIGNED).exclude(Exists(later))
    return Item.objects.filter(community=community, pk__in=waiting.values("item")).order_by("pk")


def readers(community: Community, *, but: UUID) -> list[Person]:
    """Return the members who can be asked to read, by name; `but` is who asks."""
    of_it = Person.objects.filter(is_active=True, memberships__community=community)
    of_partner = Person.objects.filter(is_active=True, memberships__partner=community.partner_id)
    return sorted((person for person in {*of_it, *of_partner} if person.pk != but), key=str)


def _step(item: Item, what: ReviewStep.What, by: Actor, words: str) -> None:
    person = by.id if by.kind == "person" else None
    ReviewStep.objects.create(
        item=item, edition=item.edition, what=what, person_id=person, words=clean_text(words)[:LONGEST]
    )


def _saved_by(item: Item) -> UUID | None:
    saved: UUID | None = item.revisions.values_list("saved_by_id", flat=True).get(number=item.edition)
    return saved


def _tell_the_asker(letter: str, item: Item, *, by: Actor, words: str) -> None:
    asker = review_of(item).asked_by
    if asker and asker.pk != by.id and asker.is_active:
        tell(letter, asker, item, by=by, words=words)


def tell(letter: str, to: Person, item: Item, *, by: Actor, words: str) -> None:
    """Write to somebody what was said of an item."""
    context = {
        "title": str(item),
        "who": str(person_of(by)) if by.kind == "person" else "",
        "words": clean_text(words)[:LONGEST],
        "link": absolute(review_path(item.community.slug, item.pk)),
    }
    write(letter, to=to.email, subject=of_person(to.pk), language=to.language, context=context, by=by)
