"""A few letters, so that the desk's local outbox shows what people would get."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction

from perron.accounts.models import Person
from perron.core.clock import today
from perron.core.language import LANGUAGES
from perron.letters.models import Letter
from perron.letters.outbox import is_local
from perron.letters.writing import write
from perron.privacy.acting import SYSTEM
from perron.privacy.policy.current import policy
from perron.privacy.policy.texts import texts
from perron.privacy.subjects import of_person
from perron.project.demo import places


def write_some() -> None:
    """Write a change of the policy in each language to the demo's accounts, once; to nobody by a mail server."""
    if not is_local() or Letter.objects.exists():
        return
    addresses = [account.email for account in places.sign_ins()]
    people = Person.objects.filter(email__in=addresses).order_by("email")
    with transaction.atomic():
        for person, language in zip(people, LANGUAGES, strict=False):
            said = language if language in policy().languages else policy().languages[0]
            context = {
                "day": (today() + timedelta(days=30)).isoformat(),
                "changes": texts(said).changes.strip(),
                "link": f"{settings.PERRON_ORIGIN}/{language}/privacy/",
            }
            write("policy-changes", to=person.email, subject=of_person(person.pk), language=language, context=context,
                  by=SYSTEM)  # fmt: skip
