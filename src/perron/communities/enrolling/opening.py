"""Accounts are opened on a platform: where its partner and the operator have agreed who does what (GDPR art. 26)."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from perron.accounts import opening
from perron.accounts.models import Person
from perron.accounts.opening import Asked, Opened
from perron.communities.agreements import sign_up_is_open
from perron.communities.enrolling.tables import Enrolment
from perron.communities.models import Platform
from perron.core.errors import Gone, NotFound
from perron.privacy.auditing import record
from perron.privacy.declaring import Activity
from perron.privacy.policy.current import policy


def is_open(platform: Platform) -> bool:
    """Say whether people may open accounts on `platform`: the policy has accounts, and the arrangement is in force."""
    return policy().does(Activity.ACCOUNTS) and sign_up_is_open(platform)


def ask(platform: Platform, email: str, *, language: str, age: int, refuses_promotion: bool,
        page: str, elsewhere: str) -> None:  # fmt: skip
    """Send the link that opens an account on `platform`, as `accounts.opening.ask` does.

    Raises `NotFound` where no account can be opened; `Refused` for what is no address, or for too low an age.
    """
    if not is_open(platform):
        raise NotFound(_("No accounts are opened on this platform."))
    asked = Asked(email=email, language=language, age=age, refuses_promotion=refuses_promotion, at=str(platform.pk))
    opening.ask(asked, place=platform.name, page=page, elsewhere=elsewhere)


def look(token: str) -> Opened:
    """Return what a link says. Raises `Gone` as `accounts.opening.look` does, and where sign-up closed meanwhile."""
    opened = opening.look(token)
    _platform(opened)
    return opened


def enrol(token: str, *, password: str | None, name: str = "", first_name: str = "") -> Person:
    """Open the account that a link is for. Raises as `look` and `accounts.opening.open_account` do."""
    with transaction.atomic():
        platform = _platform(opening.look(token))
        person = opening.open_account(token, password=password, name=name, first_name=first_name)
        enrolment = Enrolment.objects.create(person=person, platform=platform)
        record("enrol", enrolment, by=person.actor, tenant=platform.partner_id)
    return person


def _platform(opened: Opened) -> Platform:
    found = Platform.objects.filter(pk=UUID(opened.asked.at)).first()
    if found is None or not is_open(found):
        raise Gone(_("No accounts are opened on this platform any more."))
    return found
