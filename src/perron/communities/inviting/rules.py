"""Inviting somebody to a role: a letter with a link that works once, for seven days.

Who invites never learns whether the address has an account: the same happens, and the letter is the same. The link
shows what it is about; a button accepts. Who has an account accepts while signed in with that very address; who has
none chooses a password on the page, and has an account from then on.
"""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from perron.accounts.models import Person
from perron.communities.access import Scope, level_of, permit
from perron.communities.inviting.tables import Invitation
from perron.communities.membership import (
    columns_of,
    grantable,
    join,
    members_of,
    open_account,
    permit_grant,
    require_contract,
    take_back,
    tenant_of,
)
from perron.communities.models import Community, Member
from perron.communities.permissions import MANAGES
from perron.communities.roles import Role
from perron.communities.writing import Unfit
from perron.core.clock import day_of, now
from perron.core.errors import Conflict, Gone, NotAllowed, NotFound, Refused
from perron.core.language import LANGUAGES
from perron.core.mail_addresses import mail_address
from perron.letters import writing
from perron.privacy.acting import Actor
from perron.privacy.auditing import record
from perron.privacy.subjects import of_address
from perron.privacy.tenancy.scope import as_program

LASTS = timedelta(days=7)
# Where letters lead: `account` keeps this address.
PAGE = "/account/invitation/{secret}/"
# So many invitations of one scope may wait at a time; an address gets at most so many letters a day from all scopes.
MOST_WAITING = 50
A_DAY = 5
_State = Invitation.State


@dataclass(frozen=True)
class NewAccount:
    """What somebody without an account chooses when they accept."""

    name: str
    password: str


def invite(email: str, role: Role, *, by: Actor, at: Scope) -> Invitation:
    """Invite an address to `role` at `at`; an invitation of it that still waits there is replaced.

    Raises `NotAllowed`; `Refused` where too many are on their way, or before the partner's contract is in force;
    `Unfit` for what is no address; `Conflict` for who is a member there.
    """
    permit_grant(by, at, role)
    require_contract(at, role)
    try:
        email = mail_address(email).lower()
    except Refused as refusal:
        raise Unfit({"email": [refusal.message]}) from refusal
    if members_of(at).filter(person__email=email).exists():
        raise Conflict(_("%(person)s is a member already. Change the role in the list.") % {"person": email})
    with transaction.atomic():
        for earlier in waiting(at).filter(email=email):
            take_back(earlier, by=by)
        _check_flood(email, at)
        invitation = Invitation(
            email=email,
            subject_id=of_address(email).id,
            role=role,
            language=_language_for(email),
            invited_by_id=by.id if by.kind == "person" else None,
            **columns_of(at),
        )
        record("invite", invitation, by=by, tenant=tenant_of(at), role=role)
        _send(invitation, by=by)
    return invitation


def send_again(invitation: Invitation, *, by: Actor) -> None:
    """Send a new link, for seven days from now; the earlier one stops to work. Raises `NotAllowed`, `Conflict`."""
    permit_grant(by, invitation.scope, Role(invitation.role))
    with transaction.atomic():
        row = _lock(invitation)
        _check_flood(row.email, row.scope)
        row.invited_by_id = by.id if by.kind == "person" else None
        record("send invitation again", row, by=by, tenant=tenant_of(row.scope))
        _send(row, by=by)


def withdraw(invitation: Invitation, *, by: Actor) -> None:
    """Take an invitation back; its link stops to work. Raises `NotAllowed`, `Conflict`."""
    permit(by, MANAGES[level_of(invitation.scope)], invitation.scope)
    with transaction.atomic():
        take_back(_lock(invitation), by=by)


def waiting(at: Scope) -> QuerySet[Invitation]:
    """Return the invitations to a scope that can still be accepted, the newest first."""
    return Invitation.objects.waiting().filter(**columns_of(at)).select_related("community", "partner").order_by(
        "-sent_at"
    )  # fmt: skip


@as_program
def look(secret: str) -> Invitation:
    """Return the invitation of a link, without using it up. Raises `NotFound`, or `Gone` with the reason."""
    found = Invitation.objects.filter(digest=_digest(secret)).select_related("community", "partner", "invited_by")
    return _still_good(found.first())


@as_program
def accept(secret: str, *, signed_in: Person | None, new: NewAccount | None = None) -> Member:
    """Take up the role, as who is signed in or with a new account; return the membership.

    Raises as `look` does; `NotAllowed` for somebody who is signed in with another address; `Refused` for who has an
    account and is not signed in; `Unfit` for a name or a password that does not do; `Conflict` for who is a member.
    """
    with transaction.atomic():
        found = Invitation.objects.select_for_update(of=("self",)).select_related("community", "partner", "invited_by")
        row = _still_good(found.filter(digest=_digest(secret)).first())
        require_contract(row.scope, Role(row.role))
        if signed_in:
            check_address(row, signed_in)
        person = signed_in or _open(row, new)
        row.state = _State.ACCEPTED
        row.save(update_fields=["state"])
        record("accept invitation", row, by=person.actor, tenant=tenant_of(row.scope))
        return join(person, Role(row.role), by=person.actor, at=row.scope)


def check_address(invitation: Invitation, person: Person) -> None:
    """Raise `NotAllowed` unless the invitation was sent to this person's address."""
    if person.email != invitation.email:
        raise NotAllowed(
            _("This invitation was sent to another address than the one with which you are signed in. Sign out, and "
              "open the link again.")
        )  # fmt: skip


def has_account(invitation: Invitation) -> bool:
    """Say whether the address has an account: for its reader, never for who invites."""
    return Person.objects.filter(email=invitation.email).exists()


def _open(row: Invitation, new: NewAccount | None) -> Person:
    if has_account(row) or new is None:
        raise Refused(_("This address has an account. Sign in with it, then accept."))
    person = Person(email=row.email, name=new.name)
    try:
        validate_password(new.password, person)
    except ValidationError as error:
        raise Unfit({"password": error.messages}) from error
    person = open_account(row.email, new.password, name=new.name)
    person.language = get_language() if get_language() in LANGUAGES else row.language
    person.save(update_fields=["language"])
    record("open account", person, by=person.actor, tenant=tenant_of(row.scope))
    return person


def _still_good(row: Invitation | None) -> Invitation:
    if row is None:
        raise NotFound(
            _("There is no invitation at this address, or none any more. Copy the whole link from the letter, or ask "
              "for a new invitation.")
        )  # fmt: skip
    if row.state == _State.ACCEPTED:
        raise Gone(_("This invitation has been accepted already: each works once. Sign in as usual."))
    if row.expires_at <= now():
        raise Gone(_("This invitation was good for seven days, and they are over. Ask for a new one."))
    if row.state == _State.WITHDRAWN or not _inviter_still_may(row):
        raise Gone(_("This invitation was taken back. Ask who invited you."))
    return row


def _inviter_still_may(row: Invitation) -> bool:
    """Say whether who invites may still give the role: their right counts when it is taken up, too."""
    return row.invited_by is None or Role(row.role) in grantable(row.invited_by.actor, row.scope)


def _send(invitation: Invitation, *, by: Actor) -> None:
    secret = secrets.token_urlsafe(32)
    invitation.digest = _digest(secret)
    invitation.sent_at = now()
    invitation.expires_at = invitation.sent_at + LASTS
    invitation.save()
    scope = invitation.scope
    language = invitation.language
    with override(language):
        role = Role(invitation.role).label
    writing.write(
        "invitation",
        to=invitation.email,
        subject=of_address(invitation.email),
        language=language,
        context={
            "scope": scope.name_in(language) if isinstance(scope, Community) else str(scope or ""),
            "role": str(role),
            "until": day_of(invitation.expires_at).isoformat(),
            "link": settings.PERRON_ORIGIN + PAGE.format(secret=secret),
        },
        by=by,
    )


def _lock(invitation: Invitation) -> Invitation:
    rows = Invitation.objects.select_for_update(of=("self",)).select_related("community", "partner")
    row = rows.filter(pk=invitation.pk, state=_State.WAITING).first()
    if row is None:
        raise Conflict(_("This invitation was accepted or taken back in the meantime."))
    return row


def _check_flood(email: str, at: Scope) -> None:
    if waiting(at).count() >= MOST_WAITING:
        raise Refused(_("Many invitations wait already. Take some back first."))
    if _lately(email) >= A_DAY:
        raise Refused(_("Several invitations went to this address today. Try again tomorrow."))


@as_program
def _lately(email: str) -> int:
    sent = Invitation.objects.filter(subject_id=of_address(email).id, sent_at__gt=now() - timedelta(days=1))
    return sent.count()


def _language_for(email: str) -> str:
    person = Person.objects.filter(email=email).first()
    return person.language if person else get_language() or LANGUAGES[0]


def _digest(secret: str) -> str:
    """Keyed: who reads the table cannot make a link of it, nor test one."""
    return salted_hmac("perron.communities.inviting", secret, algorithm="sha256").hexdigest()
