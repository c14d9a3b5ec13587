"""What comes in by the form with which shops and associations apply: checked, kept, confirmed by a letter."""

from dataclasses import asdict, dataclass
from datetime import timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from perron.communities.agreements import service_is_covered
from perron.communities.applying.tables import Application
from perron.communities.models import Community, Platform
from perron.communities.naming import validate_postal_code, validate_website
from perron.communities.writing import Unfit
from perron.core.clock import now
from perron.core.errors import NotFound, Refused
from perron.core.mail_addresses import mail_address
from perron.core.text import clean_line, clean_text
from perron.letters import writing
from perron.privacy import auditing
from perron.privacy.acting import SYSTEM
from perron.privacy.declaring import Activity
from perron.privacy.policy.current import policy
from perron.privacy.policy.texts import texts
from perron.privacy.subjects import of_address
from perron.privacy.tenancy.scope import acting_for, as_program

LONGEST_OF = {"name": 120, "street": 120, "postal_code": 4, "locality": 80, "website": 200, "hours": 300,
              "contact": 120, "email": 254, "why": 2_000}  # fmt: skip
# Enough for somebody with several clubs; too few to fill a stranger's mailbox with receipts.
A_DAY = 3
# What one commune takes in an hour from all together; beyond it a program is at work.
AN_HOUR = 30


@dataclass(frozen=True, kw_only=True)
class Applied:
    """What somebody filled in."""

    kind: str
    name: str
    contact: str
    email: str
    why: str
    street: str = ""
    postal_code: str = ""
    locality: str = ""
    website: str = ""
    hours: str = ""


def takes_applications(community: Community) -> bool:
    """Say whether shops and associations can apply to it: communes whose partner has a contract for it.

    Nobody can where the operator's policy does not have the activity.
    """
    return (
        community.kind == Community.Kind.COMMUNE
        and policy().does(Activity.APPLICATIONS)
        and service_is_covered(community.partner, Activity.APPLICATIONS)
    )


def apply(applied: Applied, commune: Community, *, language: str, platform: Platform | None = None) -> Application:
    """Keep an application to `commune`, and have its receipt confirmed to the address.

    The letter repeats nothing that was written but the reference: whoever enters somebody else's address cannot have us
    send them anything. Raises `Unfit` with a sentence for each field, `Refused` when too much comes, and `NotFound`
    where nobody can apply.
    """
    if not takes_applications(commune):
        raise NotFound(_("There is nothing at this address."))
    columns = _checked(applied)
    # Whoever applies acts for nobody: what they write is the commune's from the first moment.
    with acting_for(commune.partner_id), transaction.atomic():
        subject = of_address(columns["email"])
        _check_flood(subject.id, commune)
        made = Application.stored.create(
            **columns, commune=commune, platform=platform, subject_id=subject.id, language=language
        )
        writing.write(
            "application-received",
            to=made.email,
            subject=subject,
            language=language,
            context={"reference": made.reference, "commune": commune.name_in(language), "kept": _kept(language)},
            by=SYSTEM,
        )
        auditing.record("receive application", made, by=SYSTEM, tenant=commune.pk)
    return made


def _kept(language: str) -> str:
    return texts(language).activity(Activity.APPLICATIONS).retentions["last_contact"]


def _checked(applied: Applied) -> dict[str, str]:
    """Return the columns of an application. Raises `Unfit`."""
    columns = {
        name: (clean_text if name in {"why", "hours"} else clean_line)(text) for name, text in asdict(applied).items()
    }
    missing = {
        "name": _("Write the name of the association or shop."),
        "contact": _("Write your name."),
        "why": _("Write in a few words what you would like to publish."),
    }
    wrong = {column: [sentence] for column, sentence in missing.items() if not columns[column]}
    if columns["kind"] not in Application.Kind.values:
        wrong["kind"] = [_("Choose what it is.")]
    for column, longest in LONGEST_OF.items():
        if len(columns[column]) > longest:
            wrong[column] = [_("Write at most %(number)d characters.") % {"number": longest}]
    for column, check in (("postal_code", validate_postal_code), ("website", validate_website)):
        try:
            if columns[column] and column not in wrong:
                check(columns[column])
        except ValidationError as error:
            wrong[column] = error.messages
    try:
        columns["email"] = mail_address(columns["email"])
    except Refused as refusal:
        wrong["email"] = [refusal.message]
    if wrong:
        raise Unfit(wrong)
    return columns


@as_program
def _check_flood(subject_id: UUID, commune: Community) -> None:
    lately = Application.stored.filter(subject_id=subject_id, applied_at__gt=now() - timedelta(days=1))
    if lately.count() >= A_DAY:
        raise Refused(_("There are several applications from this address today. Write again tomorrow."))
    if Application.stored.filter(commune=commune, applied_at__gt=now() - timedelta(hours=1)).count() >= AN_HOUR:
        raise Refused(_("Too many applications are coming in. Try again in an hour."))
