"""Signing in with a partner's own identity provider.

The provider says who somebody is; it is believed about the partner's own members, and about nobody else: whoever runs
it must not enter an account that acts for others too. It opens no account, and stands for the password only: the second
factor is asked for here.
"""

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils.translation import gettext as _

from perron.accounts.models import Person
from perron.accounts.telling import tell
from perron.communities.access import permit
from perron.communities.identity.tables import IdentityProvider
from perron.communities.models import Member, Partner, Platform
from perron.communities.permissions import KEEP_SIGN_IN
from perron.communities.writing import Unfit, write
from perron.core.errors import NotAllowed
from perron.privacy.acting import Actor
from perron.privacy.auditing import record
from perron.privacy.encrypting import decrypt, encrypt
from perron.privacy.tenancy.scope import as_program


def set_up(partner: Partner, *, by: Actor, issuer: str, client_id: str, secret: str, is_on: bool) -> IdentityProvider:
    """Write down where a partner's people sign in; an empty `secret` keeps the former one.

    Raises `NotAllowed` but for the operator's administrators, `Unfit`.
    """
    permit(by, KEEP_SIGN_IN, partner)
    row = IdentityProvider.objects.filter(partner=partner).first() or IdentityProvider(partner=partner)
    if not secret and row._state.adding:
        raise Unfit({"secret": [_("Paste the secret that the provider gave you.")]})
    fields: dict[str, object] = {"issuer": issuer.rstrip("/"), "client_id": client_id, "is_on": is_on}
    if secret:
        fields["secret"] = encrypt(secret)
    write(row, fields, by=by, verb="set up sign-in", tenant=partner.pk)
    return row


def provider_of(platform: Platform) -> IdentityProvider | None:
    """Return the provider of a platform's partner, if it is switched on."""
    found = IdentityProvider.objects.filter(partner=platform.partner_id, is_on=True)
    return found.select_related("partner").first()


def secret_of(provider: IdentityProvider) -> str:
    """Return the client secret, for the provider alone."""
    return decrypt(provider.secret)


def person_named(provider: IdentityProvider, email: str, *, is_confirmed: bool) -> Person:
    """Return whose account the provider means, the first time that it names them.

    Raises `NotAllowed`, always with the same words: for an address that the provider does not confirm, that has no
    account, that the account has not confirmed here, or for somebody who is not the partner's alone.
    """
    email = email.strip().lower()
    person = Person.objects.filter(email=email, is_active=True).first() if email and is_confirmed else None
    known = EmailAddress.objects.filter(user=person, email=email, verified=True) if person else None
    if person is None or not known or not is_theirs(provider, person):
        raise NotAllowed(
            _(
                "Your organisation’s sign-in does not open an account here yet. Sign in with your password and choose "
                "“How I sign in”, or ask the administrator of your community."
            )
        )
    return person


@as_program
def is_theirs(provider: IdentityProvider, person: Person) -> bool:
    """Say whether `person` acts for the provider's partner or its communities, and for nobody else."""
    held = Member.objects.filter(person=person).select_related("community")
    partners = {member.partner_id or (member.community and member.community.partner_id) for member in held}
    return partners == {provider.partner_id}


@as_program
def providers_for(person: Person) -> list[IdentityProvider]:
    """Return the providers with which `person` may sign in."""
    found = IdentityProvider.objects.filter(is_on=True).select_related("partner")
    theirs = Member.objects.filter(person=person).values_list("partner_id", "community__partner_id")
    partners = {one for pair in theirs for one in pair if one}
    return [provider for provider in found.filter(partner__in=partners) if is_theirs(provider, person)]


def link(provider: IdentityProvider, person: Person) -> None:
    """Note that the provider now opens the account, and tell its person; whoever calls writes the link itself."""
    with transaction.atomic():
        record("link provider", person, by=person.actor, tenant=provider.partner_id)
        tell(person, "provider-linked", by=person.actor)
