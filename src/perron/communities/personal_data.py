from collections.abc import Collection, Iterator
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from perron.communities.applying.declared import TABLES as APPLYING
from perron.communities.contracting.declared import TABLES as CONTRACTING
from perron.communities.inviting.declared import TABLES as INVITING
from perron.communities.membership import leave
from perron.communities.models import (
    AccessReview,
    Area,
    Community,
    Enrolment,
    IdentityProvider,
    Member,
    Partner,
    Place,
    Platform,
    PublicVersion,
    SyncedChoice,
    Topic,
)
from perron.privacy.declaring import (
    Activity,
    Category,
    Declarations,
    Delete,
    Disclosure,
    NoTenants,
    NotPersonal,
    Personal,
    Tenants,
    Until,
    With,
)


def _partners_of(people: Collection[UUID]) -> Iterator[Disclosure]:
    """Yield the partners that see who works for their communities, and those on whose platform an account is."""
    for platform in Platform.objects.filter(enrolments__person__in=people).select_related("partner"):
        yield Disclosure(Activity.ACCOUNTS, "partner", platform.partner.name)
    roles = Member.objects.filter(person__in=people)
    for community, partner in roles.values_list("community__partner__name", "partner__name").distinct():
        if community or partner:
            yield Disclosure(Activity.STAFF, "partner", community or partner)


DECLARATIONS = Declarations(
    tables=(
        NotPersonal(
            model=Partner,
            tenant=NoTenants("public", "who publishes is said on its pages"),
            columns="id slug name enterprise_number street postal_code locality parent is_operator",
            why="an organisation",
        ),
        NotPersonal(
            model=Community,
            tenant=NoTenants("public", "its page and its contacts"),
            columns="id partner slug kind names descriptions languages commune_nis street postal_code locality "
            "latitude longitude phone email website opening_hours fictional second_reader",
            why="a body's public address and contacts, published by itself",
        ),
        NotPersonal(
            model=Platform,
            tenant=NoTenants("public", "how an app looks"),
            columns="id partner slug name host colour logo languages is_front",
            why="the look of an app",
        ),
        NotPersonal(
            model=IdentityProvider,
            tenant=NoTenants("operator", "read before anybody is signed in"),
            columns="id partner issuer client_id secret is_on",
            why="where a partner's people sign in; the secret is encrypted",
        ),
        NotPersonal(
            model=Place,
            tenant=NoTenants("public", "what an app shows"),
            columns="id platform community position",
            why="which community is shown where",
        ),
        NotPersonal(
            model=Topic,
            tenant=NoTenants("public", "one list for all"),
            columns="id slug names position",
            why="a vocabulary",
        ),
        NotPersonal(
            model=Area,
            tenant=NoTenants("public", "drawn on maps"),
            columns="id community slug names polygon communes_nis",
            why="places",
        ),
        NotPersonal(
            model=PublicVersion,
            tenant=NoTenants("public", "how fresh pages are"),
            columns="key number",
            why="counters of releases",
        ),
        *APPLYING,
        NotPersonal(
            model=AccessReview,
            tenant=Tenants("community__partner", "partner"),
            columns="id community partner asked_at done_at",
            why="when a list of members was looked at",
        ),
        *INVITING,
        Personal(
            model=Member,
            tenant=Tenants("community__partner", "partner"),
            activity=Activity.STAFF,
            subject="person_id",
            label=_("Your roles at communities and partners"),
            columns={"person": Category.IDENTIFIER, "role": Category.ACCESS, "since": Category.ACCESS},
            others="id community partner",
            words={"since": _("since")},
            source=_("An administrator of the community or partner gave you the role."),
            context={"community__slug": _("community"), "partner__name": _("partner")},
            clock=Until(trigger="role_ended", ended_by=("perron.communities.membership.end",)),
            closing=Delete(),
            before_leaving=leave,
            used_in_restriction="who may act for a community is a question of its rights and safety (art. 18(2))",
        ),
        Personal(
            model=SyncedChoice,
            tenant=NoTenants("person", "no partner sees what somebody follows and saves"),
            activity=Activity.ACCOUNTS,
            subject="person_id",
            label=_("Your choice, kept the same on your devices"),
            columns={
                "person": Category.IDENTIFIER,
                "communities": Category.ACCESS,
                "topics": Category.ACCESS,
                "saved": Category.ACCESS,
                "language": Category.ACCESS,
                "removed": Category.ACCESS,
                "since": Category.ACCESS,
                "changed_at": Category.ACCESS,
            },
            others="id platform version",
            provided="communities topics saved language",
            words={"since": _("since"), "changed_at": _("changed last")},
            context={"platform__name": _("app")},
            # It goes with the switch, and with the account.
            clock=With(column="person"),
            closing=Delete(),
        ),
        Personal(
            model=Enrolment,
            tenant=NoTenants("person", "of an account, whose platform it names"),
            activity=Activity.ACCOUNTS,
            subject="person_id",
            label=_("Where you opened your account"),
            columns={"person": Category.IDENTIFIER, "since": Category.ACCESS},
            others="id platform",
            words={"since": _("since")},
            context={"platform__name": _("platform"), "platform__partner__name": _("partner")},
            clock=With(column="person"),
            used_in_restriction="who answers for the account must be known to reach them (art. 26(3))",
        ),
        *CONTRACTING,
    ),
    disclosed=_partners_of,
)
