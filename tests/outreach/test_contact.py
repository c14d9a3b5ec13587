"""The contact form and what the staff do with it."""

from datetime import timedelta

import pytest
from django.test import Client

from perron.communities.writing import Unfit
from perron.core import clock
from perron.core.errors import Conflict, NotAllowed, NotFound, Refused
from perron.letters.models import Letter
from perron.outreach.contact import answering, finding
from perron.outreach.contact.finding import Wanted
from perron.outreach.contact.receiving import A_DAY, LONGEST, Written, receive
from perron.outreach.models import Conversation, Message
from perron.privacy import gate, restrictions
from perron.privacy.acting import SYSTEM, Actor
from tests import making

pytestmark = pytest.mark.django_db


def _written(**changes: str) -> Written:
    values = {
        "first_name": "Anne",
        "name": "Lambert",
        "email": "anne@example.org",
        "heading": "Question",
        "text": "Hello.",
    }
    return Written(**values | changes)


def _staff() -> Actor:
    return making.person(role="administrator").actor


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"first_name": " "}, "first_name", "Write your first name."),
        ({"name": ""}, "name", "Write your name."),
        ({"email": "anne"}, "email", "Write an e-mail address"),
        ({"email": "anne@example.org\nBcc: all@example.org"}, "email", "Write an e-mail address"),
        ({"telephone": "call me"}, "telephone", "Write a telephone number"),
        ({"heading": ""}, "heading", "what it is about"),
        ({"heading": "x" * 121}, "heading", "at most 120"),
        ({"text": "\n \n"}, "text", "Write your message."),
        ({"text": "x" * (LONGEST + 1)}, "text", "at most 5000 characters"),
    ],
)
def test_what_cannot_be_taken_is_said_beside_its_field(changes: dict[str, str], field: str, sentence: str) -> None:
    with pytest.raises(Unfit) as refusal:
        receive(_written(**changes), language="fr")
    assert list(refusal.value.fields) == [field]
    assert sentence in refusal.value.fields[field][0]
    assert not Conversation.stored.exists()


def test_nobody_fills_a_strangers_mailbox_with_receipts() -> None:
    for _ in range(A_DAY):
        receive(_written(), language="fr")
    with pytest.raises(Refused, match="several messages from this address today"):
        receive(_written(email="Anne@example.org"), language="fr")
    receive(_written(email="bert@example.org"), language="fr")
    with clock.travel(clock.now() + timedelta(days=1)):
        receive(_written(), language="fr")


def test_answers_are_kept_after_an_error(client: Client) -> None:
    making.platform(making.community())
    page = client.post("/en/contact/", {"first_name": "Anne", "email": "nowhere", "text": "Dear all"})
    assert page.status_code == 422
    assert page["Cache-Control"] == "no-store"
    for word in ('value="Anne"', 'value="nowhere"', "Dear all", "Write your name.", 'href="#id_email"'):
        assert word in page.text
    assert not client.cookies


def test_a_program_that_fills_in_everything_is_told_so(client: Client) -> None:
    making.platform(making.community())
    filled = {**vars(_written()), "website": "https://example.org"}
    page = client.post("/en/contact/", filled)
    assert page.status_code == 422
    assert "it is there to stop programs" in page.text
    assert not Conversation.stored.exists()


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}])
def test_another_site_cannot_send_the_form(client: Client, headers: dict[str, str]) -> None:
    making.platform(making.community())
    assert client.post("/en/contact/", vars(_written()), headers=headers).status_code == 403
    assert not Conversation.stored.exists()


def test_only_the_operators_staff_touch_a_conversation() -> None:
    conversation = receive(_written(), language="fr")
    editor = making.person(role="editor", at=making.community()).actor
    for deed in (
        lambda: answering.answer(conversation, "Hello.", by=editor),
        lambda: answering.note(conversation, "Hello.", by=editor),
        lambda: answering.close(conversation, by=editor),
    ):
        with pytest.raises(NotAllowed):
            deed()
    with pytest.raises(Refused, match="Only the operator's staff"):
        answering.assign(conversation, making.person(), by=_staff())


def test_an_answer_does_not_cross_one_of_a_colleague() -> None:
    conversation, staff = receive(_written(), language="fr"), _staff()
    answering.answer(conversation, "First.", by=staff, expected=1)
    with pytest.raises(Conflict, match="Something was added"):
        answering.answer(conversation, "Second.", by=staff, expected=1)
    assert Letter.objects.filter(kind="contact-answer").count() == 1


def test_a_conversation_is_closed_and_opened_again_by_what_comes_in() -> None:
    conversation, staff = receive(_written(), language="fr"), _staff()
    answering.close(conversation, by=staff)
    with pytest.raises(Conflict):
        answering.close(conversation, by=staff)
    answering.add_received(conversation, "One more thing.", by=staff)
    assert list(finding.find(Wanted())) == [conversation]
    with pytest.raises(Conflict):
        answering.reopen(conversation, by=staff)


def test_who_waits_longest_comes_first() -> None:
    staff = _staff()
    answered = receive(_written(heading="Answered"), language="fr")
    answering.answer(answered, "Yes.", by=staff)
    late = receive(_written(heading="Late"), language="fr")
    with clock.travel(clock.now() - timedelta(days=2)):
        early = receive(_written(email="bert@example.org", heading="Early"), language="fr")
    assert list(finding.find(Wanted())) == [early, late, answered]
    assert list(finding.find(Wanted(whose=staff.id or ""))) == [answered]
    assert list(finding.find(Wanted(whose="nobody", words="late LAMBERT"))) == [late]
    assert finding.count_waiting() == 2
    assert list(finding.others_with(late)) == [answered]


def test_restricted_conversations_are_hidden_wherever_they_are_looked_for() -> None:
    conversation, staff = receive(_written(), language="fr"), _staff()
    kept = receive(_written(email="bert@example.org"), language="fr")
    restrictions.restrict(conversation.subject, restrictions.Ground.UNLAWFUL, by=SYSTEM)
    assert list(Conversation.objects.all()) == [kept]
    assert not conversation.messages.exists()
    assert list(kept.messages.all()) == list(Message.objects.all())
    assert Conversation.objects.filter(pk=conversation.pk).update(heading="Changed") == 0
    assert Message.objects.filter(conversation=conversation).delete()[0] == 0
    with pytest.raises(NotFound):
        answering.note(conversation, "Hello.", by=staff)
    conversation.refresh_from_db()
    conversation.save()
    assert (Conversation.stored.count(), finding.count_restricted()) == (2, 1)
    assert gate.find_gaps() == []
