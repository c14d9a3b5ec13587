"""Nothing leaves without a clearance; to sign in and to exercise rights there always is one."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import transaction

from perron.channels.email.sending import send
from perron.core.clock import now, travel
from perron.letters.models import Letter
from perron.letters.posting import post_due
from perron.privacy import clearing, restrictions
from perron.privacy.acting import SYSTEM
from perron.privacy.declaring import Activity
from perron.privacy.subjects import Subject, of_person
from tests import making
from tests.channels.mail_server import MailServer
from tests.channels.test_mail import mail
from tests.letters.writing_letters import letter

pytestmark = pytest.mark.django_db


def restricted() -> Subject:
    person = making.person("anne@example.org")
    whose = of_person(person.pk)
    with transaction.atomic():
        restrictions.restrict(whose, restrictions.Ground.ACCURACY, by=SYSTEM)
    return whose


def test_somebody_restricted_gets_what_serves_sign_in_and_rights_and_nothing_else(server: MailServer) -> None:
    whose = restricted()
    for kind in ("news", "let-in", "hello"):
        letter(kind, subject=whose)
    assert post_due() == 2
    assert {message["Subject"] for message in server.messages()} == {"Your link", "Hello, Anne"}
    waiting = Letter.objects.waiting().get()
    assert (waiting.kind, waiting.failure) == ("news", "not cleared: restricted")


def test_who_has_no_account_any_more_is_not_written_to_about_it(server: MailServer) -> None:
    letter("news", subject=Subject("person", UUID(int=9)))
    assert post_due() == 0
    assert Letter.objects.given_up().get().failure == "not cleared: closed"
    assert server.messages() == []


def test_a_clearance_is_for_one_mail(server: MailServer) -> None:
    whose = Subject("person", UUID(int=1))
    cleared = clearing.clear(whose, Activity.RIGHTS)
    send(mail(), cleared)
    assert len(server.messages()) == 1
    with pytest.raises(clearing.BadClearance):
        send(mail(), cleared)
    with pytest.raises(clearing.BadClearance):
        send(mail(), object())  # type: ignore[arg-type]
    with pytest.raises(clearing.BadClearance):
        send(mail(activity=Activity.PROMOTION), clearing.clear(whose, Activity.RIGHTS))
    with pytest.raises(clearing.BadClearance):
        send(mail(whose=Subject("person", UUID(int=2))), clearing.clear(whose, Activity.RIGHTS))
    late = clearing.clear(whose, Activity.RIGHTS)
    with travel(now() + timedelta(hours=1)), pytest.raises(clearing.BadClearance):
        send(mail(), late)
    assert len(server.messages()) == 1
