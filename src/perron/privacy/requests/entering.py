"""A request comes in: from the person, or through staff who got it by letter, telephone or at the counter."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from perron.core.clock import today
from perron.core.errors import Conflict, NotAllowed, Refused
from perron.core.language import LANGUAGES, check_spoken
from perron.core.text import clean_line
from perron.privacy.acting import Actor
from perron.privacy.policy.current import policy
from perron.privacy.requests import telling
from perron.privacy.requests.deadlines import Deadline
from perron.privacy.requests.doing import note, trace
from perron.privacy.requests.finding import subjects_of
from perron.privacy.requests.objecting import object_from_now_on
from perron.privacy.requests.parties import involve, join, shared_with_partners
from perron.privacy.requests.permitting import Tenant, permit_handler, permit_partner
from perron.privacy.requests.proving import Facts
from perron.privacy.requests.states import OPEN
from perron.privacy.requests.tables import Channel, Identity, Kind, Request
from perron.privacy.subjects import Subject, known_address, of_address

# What fits on some twenty pages.
LONGEST_MESSAGE = 50_000
_IDENTITIES = {Channel.ACCOUNT: Identity.ACCOUNT, Channel.LINK: Identity.LINK}


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What somebody asks for, and who they say they are."""

    kind: Kind
    message: str = ""
    activities: Sequence[str] = ()
    name: str = ""
    first_name: str = ""
    email: str = ""
    language: str = LANGUAGES[0]


def enter(wish: Wish, *, by: Actor, about: Subject, quietly: bool = False) -> Request:
    """Take the request of somebody who is signed in (`by` a person) or has opened a link (`by` an address).
    `quietly`: without the letter that it was received, because the answer follows at once.

    Who they are is sure enough for what belongs to the account or the address (GDPR art. 12(6)). Raises `NotAllowed`
    for anybody else's data; `Conflict` while the same request is open; `Refused`.
    """
    if (by.kind, by.id) != (about.kind, about.id):
        raise NotAllowed(_("Only the person themselves may ask this here."))
    asked = Request.objects.filter(subject_id=about.id, kind=wish.kind, state__in=OPEN)
    # One objection that is being weighed does not stand in the way of another, to promotion for example.
    same = next((row for row in asked if _overlap(row.activities, wish.activities)), None)
    if same:
        raise Conflict(
            _("You have asked this already, under the number %(reference)s.") % {"reference": same.reference}
        )
    channel = Channel.ACCOUNT if by.kind == "person" else Channel.LINK
    return _enter(wish, by=by, channel=channel, subject=about, received_on=today(), quietly=quietly)


def enter_for(
    wish: Wish,
    *,
    by: Actor,
    channel: Channel,
    received_on: date,
    person: Subject | None = None,
    identified_by: str = "",
) -> Request:
    """Write down a request that came by e-mail, letter, telephone or at the counter, possibly days ago.

    `person` is the account that it is about; else it is about the e-mail address, if one is given. `identified_by`
    says how staff know who asks; without it, the identity is still to be established. Raises `NotAllowed`; `Refused`.
    """
    permit_handler(by)
    if channel in _IDENTITIES or channel == Channel.PARTNER:
        raise Refused(_("Choose how the request reached you."))
    _check_receipt(received_on)
    email = clean_line(wish.email)
    # Nobody is remembered because somebody else wrote an address down: it is known, or the request makes it known.
    subject = person or (known_address(email) or of_address(email) if email else None)
    with transaction.atomic():
        row = _enter(
            wish, by=by, channel=channel, subject=subject, received_on=received_on, identified_by=identified_by.strip()
        )
        if row.identity:
            object_from_now_on(row, subjects_of(row), by=by)
    return row


def enter_at_partner(
    wish: Wish,
    *,
    by: Actor,
    tenant: Tenant,
    received_on: date,
    person: Subject | None = None,
    identified_by: str = "",
) -> Request:
    """Write down a request that reached a partner, which decides with the operator or alone (GDPR art. 26(3)).

    It is the same request as if it had come to the operator: the deadline runs from the day on which the partner got
    it, and the operator's staff get a letter. Raises `NotAllowed` unless `by` administers the partner; `Refused`.
    """
    permit_partner(by, tenant.id)
    _check_receipt(received_on)
    if not wish.activities or not set(wish.activities) <= set(shared_with_partners()):
        raise Refused(_("Choose what the request is about."))
    email = clean_line(wish.email)
    subject = person or (known_address(email) or of_address(email) if email else None)
    with transaction.atomic():
        row = _enter(
            wish, by=by, channel=Channel.PARTNER, subject=subject, received_on=received_on,
            identified_by=identified_by.strip(), through=tenant,
        )  # fmt: skip
        if row.identity:
            object_from_now_on(row, subjects_of(row), by=by)
        telling.staff(row, "request-new")
    return row


def _check_receipt(received_on: date) -> None:
    if received_on > today():
        raise Refused(_("The day of receipt cannot lie in the future."))


def _enter(
    wish: Wish,
    *,
    by: Actor,
    channel: Channel,
    subject: Subject | None,
    received_on: date,
    identified_by: str = "",
    quietly: bool = False,
    through: Tenant | None = None,
) -> Request:
    _check(wish)
    with transaction.atomic():
        row = Request.objects.create(
            kind=wish.kind,
            channel=channel,
            identity=Identity.STAFF if identified_by else _IDENTITIES.get(channel, Identity.UNKNOWN),
            subject_kind=subject.kind if subject else "",
            subject_id=subject.id if subject else None,
            name=clean_line(wish.name),
            first_name=clean_line(wish.first_name),
            email=clean_line(wish.email),
            language=wish.language,
            message=wish.message.strip(),
            activities=[activity for activity in policy().activities if activity in wish.activities],
            received_on=received_on,
            due_on=Deadline(received_on).day,
        )
        note(row, "enter", by=by)
        if identified_by:
            note(row, "confirm_identity", by=by, words=identified_by, internal=True)
        involve(row)
        if through:
            join(row, through)
        if not quietly:
            telling.person(row, "request-received")
        telling.controllers(row)
        facts: Facts = {"received": received_on.isoformat(), "due": row.due_on.isoformat(), "channel": channel.value}
        trace(row, "enter", by=by, facts=facts)
    return row


def _overlap(some: Sequence[str], others: Sequence[str]) -> bool:
    """Say whether two requests are about the same; one that names no activity is about all of them."""
    return not some or not others or not set(some).isdisjoint(others)


def _check(wish: Wish) -> None:
    if wish.kind not in Kind.values:
        raise Refused(_("Choose what you ask for."))
    check_spoken(wish.language)
    if max(len(wish.name), len(wish.first_name)) > 100:
        raise Refused(_("A name has at most 100 characters."))
    if len(wish.message) > LONGEST_MESSAGE or "\0" in wish.message:
        raise Refused(_("Write at most %(number)d characters.") % {"number": LONGEST_MESSAGE})
    if unknown := [activity for activity in wish.activities if not policy().does(activity)]:
        raise Refused(_("The policy has no activity “%(activity)s”.") % {"activity": unknown[0][:20]})
    if wish.email:
        try:
            validate_email(clean_line(wish.email))
        except ValidationError as error:
            raise Refused(_("“%(email)s” is not an e-mail address.") % {"email": wish.email[:254]}) from error
    elif not wish.name.strip():
        raise Refused(_("Write a name or an e-mail address: somebody must get the answer."))
