"""Lending a draft: an address that opens it without an account, for seven days or until it is taken back."""

import secrets
from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from perron.communities.access import may, permit
from perron.communities.permissions import WRITE
from perron.core.clock import now
from perron.core.errors import Gone, NotFound, Refused
from perron.privacy.acting import Actor
from perron.privacy.auditing import record
from perron.privacy.tenancy.scope import as_program
from perron.publishing import drafting
from perron.publishing.content import Content
from perron.publishing.models import Item, Loan

LASTS = timedelta(days=7)
_MOST = 20


def lend(item: Item, *, by: Actor, revision: int | None = None) -> tuple[Loan, str]:
    """Return the loan and the secret of its address, which is kept nowhere. `revision` fixes what it shows.

    Raises `NotAllowed`, `NotFound` for a revision that is not there, `Refused` when many are out already.
    """
    permit(by, WRITE, item.community)
    secret = secrets.token_urlsafe(32)
    with transaction.atomic():
        item = drafting.lock(item)
        if revision is not None and not item.revisions.filter(number=revision).exists():
            raise NotFound(_("This version is not there any more."))
        if len(loans(item)) >= _MOST:
            raise Refused(_("Many addresses show this draft already. Take one back first."))
        loan = Loan.objects.create(
            community_id=item.community_id,
            item=item,
            revision=revision,
            digest=_digest(secret),
            made_by_id=by.id if by.kind == "person" else None,
            expires_at=now() + LASTS,
        )
        record("lend", item, by=by, tenant=item.community_id, loan=str(loan.pk), revision=revision)
    return loan, secret


def take_back(loan: Loan, *, by: Actor) -> None:
    """End a loan at once; doing it twice changes nothing."""
    permit(by, WRITE, loan.community)
    with transaction.atomic():
        if Loan.objects.filter(pk=loan.pk, revoked_at=None).update(revoked_at=now()):
            record("take back", loan, by=by, tenant=loan.community_id)


def loans(item: Item) -> Sequence[Loan]:
    """Return the loans of an item that still open something, latest first."""
    out = item.loans.filter(revoked_at=None, expires_at__gt=now())
    return list(out.select_related("made_by").order_by("-made_at", "-id"))


@as_program
def borrowed(secret: str) -> tuple[Loan, Item, Content]:
    """Return what the address of `secret` shows, to whoever has it. Raises `NotFound`, or `Gone` with the reason."""
    loan = Loan.objects.select_related("item__community", "community", "made_by").filter(digest=_digest(secret)).first()
    if loan is None:
        raise NotFound(_("No draft is shown at this address. Look whether it was copied whole."))
    if loan.item is None:
        raise Gone(_("This draft was deleted."))
    if loan.revoked_at is not None:
        raise Gone(_("Whoever shared this draft has taken it back. Ask them for a new address."))
    if loan.made_by and not may(loan.made_by.actor, WRITE, loan.community):
        raise Gone(_("Whoever shared this draft does not write here any more. Ask the community for a new address."))
    if loan.expires_at <= now():
        raise Gone(_("This address showed a draft for seven days, and they are over. Ask for a new one."))
    if loan.item.state == Item.State.WITHDRAWN:
        raise Gone(_("This was withdrawn from the public, and is not shown any more."))
    number = loan.item.edition if loan.revision is None else loan.revision
    revision = loan.item.revisions.filter(number=number).first()
    if revision is None:
        raise Gone(_("This version is not there any more."))
    return loan, loan.item, Content.from_json(revision.content)


def _digest(secret: str) -> str:
    """Keyed: who reads the table cannot make an address of it, nor test one."""
    return salted_hmac("perron.publishing.lending", secret, algorithm="sha256").hexdigest()
