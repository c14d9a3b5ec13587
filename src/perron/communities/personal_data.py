from collections.abc import Collection, Iterator
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from perron.communities.membership import leave
from perron.communities.models import Area, Community, Member, Partner, Place, Platform, PublicVersion, Topic
from perron.privacy.declaring import Activity, Category, Declarations, Delete, Disclosure, NotPersonal, Personal, Until


def _partners_of(people: Collection[UUID]) -> Iterator[Disclosure]:
    """Yield the partners that see who works for their communities."""
    roles = Member.objects.filter(person__in=people)
    for community, partner in roles.values_list("community__partner__name", "partner__name").distinct():
        if community or partner:
            yield Disclosure(Activity.STAFF, "partner", community or partner)


DECLARATIONS = Declarations(
    tables=(
        NotPersonal(model=Partner, columns="id slug name enterprise_number", why="an organisation"),
        NotPersonal(
            model=Community,
            columns="id partner slug kind names descriptions languages commune_nis street postal_code locality "
            "latitude longitude phone email website opening_hours fictional",
            why="a body's public address and contacts, published by itself",
        ),
        NotPersonal(
            model=Platform,
            columns="id partner slug name host colour logo languages is_front",
            why="the look of an app",
        ),
        NotPersonal(model=Place, columns="id platform community position", why="which community is shown where"),
        NotPersonal(model=Topic, columns="id slug names position", why="a vocabulary"),
        NotPersonal(model=Area, columns="id community slug names polygon communes_nis", why="places"),
        NotPersonal(model=PublicVersion, columns="key number", why="counters of releases"),
        Personal(
            model=Member,
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
    ),
    disclosed=_partners_of,
)
