"""What somebody decides about an activity, as a switch: how it stands, what they said before, what they can say now.

Only what depends on their word has one: what rests on a consent, or on an interest that they can object to (GDPR arts
7(3), 21). Whether it is on is what `reasons` says, so that the switch shows what is done and not what was filled in.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from perron.privacy import consents, objections, standing
from perron.privacy.acting import Actor
from perron.privacy.consents import OfAge, Shown
from perron.privacy.declaring import Activity
from perron.privacy.policy.texts import Texts
from perron.privacy.reasons import Reason, find
from perron.privacy.subjects import Subject
from perron.privacy.wishes import Consent, Objection

# It may be done; or to anybody, and so to them, as long as they do not object.
_ON = {None, Reason.NO_BASIS}


_ONE_BREATH = timedelta(seconds=2)


class Said(StrEnum):
    """What somebody, or the answer to them, said."""

    AGREED = "agreed"
    WITHDREW = "withdrew"
    OBJECTED = "objected"
    UPHELD = "upheld"
    REFUSED = "refused"
    TOOK_BACK = "took_back"


@dataclass(frozen=True)
class Word:
    """One line of the history: when, what, and the words that were shown, given as a reason, or answered."""

    at: datetime
    said: Said
    words: str = ""


@dataclass(frozen=True)
class Switch:
    """One activity.

    `is_on`: it may be done with their data now. `stops_by` is what ends it: "objection" or "withdrawal". `is_absolute`:
    an objection ends it without reasons (art. 21(3)). `asks` are the purposes that can be agreed to, with their words.
    `weighed_in` are the objections that wait for an answer, `ended_by` those that were upheld.
    """

    activity: Activity
    name: str
    purpose: str
    interest: str
    is_on: bool
    stops_by: str
    is_absolute: bool
    asks: dict[str, str]
    weighed_in: tuple[Objection, ...]
    ended_by: tuple[Objection, ...]
    history: tuple[Word, ...]

    @property
    def can_be_taken_back(self) -> bool:
        """Whether taking back an objection that was upheld opens it again; promotion is opened by a consent only."""
        return bool(self.ended_by) and not self.is_absolute


def switches(subjects: Sequence[Subject], words: Texts) -> list[Switch]:
    """Return what somebody, known as these subjects, can decide, in the order of the policy."""
    return [_switch(Activity(key), subjects, words) for key in sorted(words.policy.activities) if _depends(key, words)]


def allow(subjects: Sequence[Subject], activity: Activity, basis: str, *, shown: Shown, age: OfAge, by: Actor) -> None:
    """Keep that somebody agrees, as whom they are known; raises as `consents.give` does."""
    with transaction.atomic():
        for subject in subjects:
            consents.give(subject, activity, basis, shown=shown, age=age, by=by)


def take_back(subjects: Collection[Subject], activity: Activity, *, by: Actor) -> None:
    """Let objections that were upheld stop counting, as the person wishes; the activity goes on as before them."""
    upheld = _objections(subjects, activity).filter(state=Objection.State.UPHELD, closed_at=None)
    with transaction.atomic():
        for objection in upheld:
            objections.take_back(objection, by=by)


def _switch(activity: Activity, subjects: Sequence[Subject], words: Texts) -> Switch:
    said = words.activity(activity)
    raised = list(_objections(subjects, activity))
    agreed = list(Consent.objects.filter(subject_id__in=_ids(subjects), activity=activity))
    open_ones = [one for one in raised if one.closed_at is None]
    to_ask = dict.fromkeys(basis for subject in subjects for basis in consents.to_ask(subject, activity))
    # Restricted data are not used at all; what they would be used for is shown as it will be afterwards.
    against = find(subjects, activity, at_their_request=True)
    return Switch(
        activity=activity,
        name=said.name,
        purpose=said.purpose,
        interest=said.interest,
        is_on=any(against.get(subject) in _ON for subject in subjects),
        stops_by="objection" if _by_interest(activity, subjects, words) else "withdrawal",
        is_absolute=activity in objections.ABSOLUTE,
        # Where all of it is one purpose, the words are those of the activity; else those of each purpose.
        asks={basis: said.bases[basis] if len(to_ask) > 1 else f"{said.name}. {said.purpose}" for basis in to_ask},
        weighed_in=tuple(one for one in open_ones if one.state == Objection.State.RAISED),
        ended_by=tuple(one for one in open_ones if one.state == Objection.State.UPHELD),
        history=_history(agreed, raised),
    )


def _depends(activity: str, words: Texts) -> bool:
    grounds = {basis.ground for basis in words.policy.activities[activity].bases}
    return activity in objections.ABSOLUTE or not grounds.isdisjoint({"consent", "legitimate_interest"})


def _by_interest(activity: Activity, subjects: Sequence[Subject], words: Texts) -> bool:
    """Say whether it reaches them on an interest: then withdrawing a consent would not end it."""
    bases = words.policy.activities[activity].bases
    sorts = {sort for basis in bases if basis.ground == "legitimate_interest" for sort in basis.subjects}
    if not any(basis.ground == "consent" for basis in bases):
        return True
    known = standing.of(subjects)
    keys = {subject.id.hex for subject in subjects}
    return any(keys & known.standing.get(sort, set()) for sort in sorts)


def _history(agreed: Sequence[Consent], raised: Sequence[Objection]) -> tuple[Word, ...]:
    """Return what was said, the newest first; what was said as several subjects in one breath, once."""
    lines = [*_of_consents(agreed), *_of_objections(raised)]
    found: list[Word] = []
    for line in sorted(lines, key=lambda word: word.at, reverse=True):
        last = found[-1] if found else None
        is_same = last and (last.said, last.words) == (line.said, line.words) and last.at - line.at < _ONE_BREATH
        if not is_same:
            found.append(line)
    return tuple(found)


def _of_consents(agreed: Sequence[Consent]) -> Iterator[Word]:
    for consent in agreed:
        yield Word(consent.at, Said.AGREED if consent.given else Said.WITHDREW, consent.wording)


def _of_objections(raised: Sequence[Objection]) -> Iterator[Word]:
    for one in raised:
        yield Word(one.raised_at, Said.OBJECTED, one.grounds)
        if one.activity not in objections.ABSOLUTE and one.answered_at:
            yield Word(one.answered_at, Said(one.state), one.answer)
        if one.closed_at and one.state != Objection.State.REFUSED:
            yield Word(one.closed_at, Said.TOOK_BACK)


def _objections(subjects: Collection[Subject], activity: Activity) -> QuerySet[Objection]:
    return Objection.objects.filter(subject_id__in=_ids(subjects), activity=activity)


def _ids(subjects: Collection[Subject]) -> list[UUID]:
    return [subject.id for subject in subjects]
