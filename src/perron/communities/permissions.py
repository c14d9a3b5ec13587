"""Every permission that there is: what it allows, and which roles hold it. `docs/access.md` is made of this.

Views and rules ask for a permission (`access`), never for a role. A permission is exercised at one level: on the
operator's own things, on a partner, on a community. Roles of that level hold it, or of a level above: who administers
a partner acts for each of its communities. What is not said here, nobody may.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from perron.communities.roles import ROLES, Level, Role

_ADMIN, _EDITOR, _AUTHOR = Role.ADMINISTRATOR, Role.EDITOR, Role.AUTHOR
_SUPPORT, _ACCOUNTANT, _DPO = Role.SUPPORT, Role.ACCOUNTANT, Role.DPO


@dataclass(frozen=True, eq=False)
class Permission:
    """Something that can be allowed; `allows` says it to people: "Your role does not allow you to …".

    `operator`, `partner` and `community` are the roles of each level that hold it. `source`: whether what is imported
    by itself does it too. The program itself may do everything.
    """

    name: str
    at: Level
    allows: str | Promise
    operator: tuple[Role, ...] = ()
    partner: tuple[Role, ...] = ()
    community: tuple[Role, ...] = ()
    source: bool = False

    def __str__(self) -> str:
        return self.name

    def held_by(self, level: Level) -> tuple[Role, ...]:
        """Return the roles of a level that hold it."""
        return {Level.OPERATOR: self.operator, Level.PARTNER: self.partner, Level.COMMUNITY: self.community}[level]


# The operator's own.
ENTER_DESK = Permission(
    "enter_desk", Level.OPERATOR, _("open the desk"), operator=(_ADMIN, _SUPPORT, _ACCOUNTANT, _DPO)
)
FOUND = Permission(
    "found",
    Level.OPERATOR,
    _("take up partners, open platforms and communities, and change what they are"),
    operator=(_ADMIN,),
)
KEEP_TOPICS = Permission("keep_topics", Level.OPERATOR, _("keep the list of topics"), operator=(_ADMIN,))
MANAGE_STAFF = Permission(
    "manage_staff",
    Level.OPERATOR,
    _("say who works for the operator, and as what"),
    operator=(_ADMIN,),
)
ANSWER_CONTACT = Permission(
    "answer_contact",
    Level.OPERATOR,
    _("read and answer what people write to the operator"),
    operator=(_ADMIN, _SUPPORT),
)
WRITE_NEWS = Permission(
    "write_news",
    Level.OPERATOR,
    _("write the operator's newsletter, preview it, and send it to oneself as a test"),
    operator=(_ADMIN, _SUPPORT),
)
SEND_NEWS = Permission(
    "send_news",
    Level.OPERATOR,
    _("send the operator's newsletter, schedule it, and stop it"),
    operator=(_ADMIN,),
)
SEE_TO_LETTERS = Permission(
    "see_to_letters",
    Level.OPERATOR,
    _("see which letters and messages could not be sent, and have them sent again"),
    operator=(_ADMIN,),
)
READ_REGISTER = Permission(
    "read_register",
    Level.OPERATOR,
    _("read the operator's register of processing"),
    operator=(_ADMIN, _DPO),
)
READ_EVIDENCE = Permission(
    "read_evidence",
    Level.OPERATOR,
    _("read what was done with somebody's data, and check that the record is whole"),
    operator=(_ADMIN, _DPO),
)
READ_REQUESTS = Permission(
    "read_requests",
    Level.OPERATOR,
    _("read rights requests, their proof, and whose data are restricted"),
    operator=(_ADMIN, _DPO),
)
HANDLE_REQUESTS = Permission(
    "handle_requests",
    Level.OPERATOR,
    _("enter, carry out and answer rights requests, and end restrictions"),
    operator=(_ADMIN,),
)

KEEP_BREACHES = Permission(
    "keep_breaches",
    Level.OPERATOR,
    _("keep the register of breaches, and tell of them"),
    operator=(_ADMIN, _DPO),
)
READ_LOOKS = Permission(
    "read_looks",
    Level.OPERATOR,
    _("read who of the staff looked at whose data"),
    operator=(_ADMIN, _DPO),
)

# On a partner.
READ_PARTNER = Permission(
    "read_partner",
    Level.PARTNER,
    _("read a partner's particulars, and which platforms and communities it has"),
    operator=(_ADMIN, _SUPPORT, _ACCOUNTANT, _DPO),
)
READ_AGREEMENTS = Permission(
    "read_agreements",
    Level.PARTNER,
    _("read what the operator and a partner agreed"),
    operator=(_ADMIN, _ACCOUNTANT, _DPO),
    partner=(_ADMIN, _DPO),
)
SIGN_AGREEMENTS = Permission(
    "sign_agreements",
    Level.PARTNER,
    _("sign and end what the operator and a partner agree"),
    operator=(_ADMIN,),
    partner=(_ADMIN,),
)
UPLOAD_AGREEMENTS = Permission(
    "upload_agreements",
    Level.PARTNER,
    _("put in force an agreement that was signed by hand"),
    operator=(_ADMIN,),
)
KEEP_CONTACTS = Permission(
    "keep_contacts",
    Level.PARTNER,
    _("keep a partner's contacts"),
    operator=(_ADMIN,),
    partner=(_ADMIN,),
)
KEEP_SIGN_IN = Permission(
    "keep_sign_in",
    Level.PARTNER,
    _("say where a partner's own people sign in"),
    operator=(_ADMIN,),
)
READ_PARTNERS_REGISTER = Permission(
    "read_partners_register",
    Level.PARTNER,
    _("read the register of what the operator does for a partner"),
    operator=(_ADMIN, _DPO),
    partner=(_ADMIN, _DPO),
)
ANSWER_FOR_PARTNER = Permission(
    "answer_for_partner",
    Level.PARTNER,
    _("get the rights requests and breaches that concern a partner, and acknowledge them"),
    operator=(_ADMIN,),
    partner=(_ADMIN, _DPO),
)
READ_PARTNERS_REACH = Permission(
    "read_partners_reach",
    Level.PARTNER,
    _("read how often the pages of a partner's communities are opened"),
    operator=(_ADMIN,),
    partner=(_ADMIN,),
)
SEE_PARTNERS_MEMBERS = Permission(
    "see_partners_members",
    Level.PARTNER,
    _("see who acts for a partner, and who is invited to"),
    operator=(_ADMIN, _SUPPORT),
    partner=(_ADMIN,),
)
MANAGE_PARTNER = Permission(
    "manage_partner",
    Level.PARTNER,
    _("say who acts for a partner, and as what"),
    operator=(_ADMIN,),
    partner=(_ADMIN,),
)
HAND_OVER = Permission(
    "hand_over",
    Level.PARTNER,
    _("take along everything of a partner, as one archive"),
    operator=(_ADMIN,),
    partner=(_ADMIN,),
)

# On a community.
WRITE = Permission(
    "write",
    Level.COMMUNITY,
    _("write for a community, preview, and show drafts to others"),
    operator=(_ADMIN,),
    partner=(_ADMIN,),
    community=(_ADMIN, _EDITOR, _AUTHOR),
    source=True,
)
RELEASE = Permission(
    "release",
    Level.COMMUNITY,
    _("release, schedule, correct, pin and withdraw, and send alerts"),
    operator=(_ADMIN,),
    partner=(_ADMIN,),
    community=(_ADMIN, _EDITOR),
    source=True,
)
SHARE = Permission(
    "share",
    Level.COMMUNITY,
    _("offer items to other communities, and answer their offers"),
    operator=(_ADMIN,),
    partner=(_ADMIN,),
    community=(_ADMIN, _EDITOR),
    source=True,
)
IMPORT = Permission(
    "import",
    Level.COMMUNITY,
    _("import files and connect sources"),
    operator=(_ADMIN,),
    partner=(_ADMIN,),
    community=(_ADMIN, _EDITOR),
    source=True,
)
DESCRIBE = Permission(
    "describe",
    Level.COMMUNITY,
    _("keep a community's description, contacts, opening hours, areas and settings"),
    operator=(_ADMIN,),
    partner=(_ADMIN,),
    community=(_ADMIN,),
)
KEEP_WEBHOOKS = Permission(
    "keep_webhooks",
    Level.COMMUNITY,
    _("have other programs told what a community releases"),
    operator=(_ADMIN,),
    partner=(_ADMIN,),
    community=(_ADMIN,),
)
ADMIT_APPLICANTS = Permission(
    "admit_applicants",
    Level.COMMUNITY,
    _("decide who may publish on a commune's app"),
    operator=(_ADMIN,),
    partner=(_ADMIN,),
    community=(_ADMIN,),
)
SEE_MEMBERS = Permission(
    "see_members",
    Level.COMMUNITY,
    _("see who writes for a community, and who is invited to"),
    operator=(_ADMIN, _SUPPORT),
    partner=(_ADMIN,),
    community=(_ADMIN,),
)
MANAGE_MEMBERS = Permission(
    "manage_members",
    Level.COMMUNITY,
    _("say who writes for a community, and as what"),
    operator=(_ADMIN,),
    partner=(_ADMIN,),
    community=(_ADMIN,),
)

PERMISSIONS: Mapping[str, Permission] = {
    found.name: found for found in list(globals().values()) if isinstance(found, Permission)
}
# Who says who is who, at each level.
MANAGES: Mapping[Level, Permission] = {
    Level.OPERATOR: MANAGE_STAFF,
    Level.PARTNER: MANAGE_PARTNER,
    Level.COMMUNITY: MANAGE_MEMBERS,
}


def granted(level: Level, role: Role) -> frozenset[Permission]:
    """Return all that a role of a level allows, on that level and below it."""
    if role not in ROLES[level]:
        return frozenset()
    return frozenset(permission for permission in PERMISSIONS.values() if role in permission.held_by(level))
