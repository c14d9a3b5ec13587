"""The first day of an installation: its first administrator, and an empty platform that answers everywhere."""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from perron.accounts.models import Person
from perron.communities.founding import found_partner, found_platform
from perron.communities.models import Member, Platform
from perron.communities.roles import Role
from perron.communities.writing import Unfit
from perron.core.errors import Conflict
from perron.core.text import clean_line
from perron.privacy.acting import SYSTEM
from perron.privacy.auditing import record


def is_open() -> bool:
    """Say whether there is an administrator of the operator, or a front platform."""
    administrators = Member.objects.filter(community=None, partner=None, role=Role.ADMINISTRATOR)
    return administrators.exists() or Platform.objects.filter(is_front=True).exists()


def open_installation(*, email: str, password: str, operator: str) -> Person:
    """Create the first administrator, the operator as a partner, and its empty front platform; return the person.

    Raises `Conflict` if the installation is open already; `Unfit` for an address, a password or a name that does
    not do. Nothing is written then.
    """
    person = Person(email=clean_line(email))
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise Unfit({"password": error.messages}) from error
    with transaction.atomic():
        if is_open():
            raise Conflict(_("This installation has been set up already."))
        try:
            person = Person.objects.create_person(person.email, password)
        except ValidationError as error:
            raise Unfit(error.message_dict) from error
        member = Member.objects.create(person=person, role=Role.ADMINISTRATOR)
        record("admit", member, by=SYSTEM, role=Role.ADMINISTRATOR)
        partner = found_partner(by=SYSTEM, name=operator, is_operator=True)
        found_platform(by=SYSTEM, partner=partner, slug="front", name=operator, is_front=True)
    return person
