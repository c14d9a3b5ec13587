"""A resident of the demo: somebody with an account on a platform, and no role."""

from allauth.account.models import EmailAddress
from django.db import transaction

from perron.accounts.models import Person
from perron.communities.models import Enrolment, Platform
from perron.privacy.auditing import record
from perron.privacy.policy.current import policy
from perron.project.demo.places import PASSWORD, SignIn, sign_ins


def open_accounts() -> None:
    """Open the accounts of residents that are missing, their addresses confirmed."""
    for account in sign_ins():
        if account.platform and not Person.objects.filter(email__iexact=account.email).exists():
            _open(account)


def _open(account: SignIn) -> None:
    first_name, _space, name = account.name.partition(" ")
    with transaction.atomic():
        person = Person.objects.create_person(
            account.email,
            PASSWORD,
            name=name,
            first_name=first_name,
            language=account.language,
            declared_age=policy().age_of_consent,
        )
        EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
        record("open account", person, by=person.actor, declared_age=person.declared_age)
        platform = Platform.objects.get(slug=account.platform)
        enrolment = Enrolment.objects.create(person=person, platform=platform)
        record("enrol", enrolment, by=person.actor, tenant=platform.partner_id)
