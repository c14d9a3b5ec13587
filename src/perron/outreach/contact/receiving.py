"""What comes in by the contact tab: checked, kept, and confirmed by a letter."""

import re
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from perron.communities.models import Platform
from perron.communities.writing import Unfit
from perron.core.clock import now
from perron.core.errors import NotFound, Refused
from perron.core.mail_addresses import mail_address
from perron.core.text import clean_line, clean_text
from perron.letters import writing
from perron.outreach.contact.tables import Conversation, Message
from perron.privacy import auditing
from perron.privacy.acting import SYSTEM
from perron.privacy.declaring import Activity
from perron.privacy.policy.current import policy
from perron.privacy.policy.texts import texts
from perron.privacy.subjects import of_address

LONGEST = 5_000
# Enough for anybody who forgot something; too few to fill a stranger's mailbox with receipts.
A_DAY = 5
# What this installation takes in an hour from all together; beyond it a program is at work.
AN_HOUR = 200

LONGEST_OF = {"first_name": 60, "name": 60, "function": 80, "telephone": 30, "heading": 120}

_TELEPHONE = re.compile(r"\+?[0-9 ()./-]{6,30}")


@dataclass(frozen=True, kw_only=True)
class Written:
    """What somebody filled in."""

    first_name: str
    name: str
    email: str
    heading: str
    text: str
    function: str = ""
    telephone: str = ""


def receive(written: Written, *, language: str, platform: Platform | None = None) -> Conversation:
    """Keep a message as a new conversation, and have its receipt confirmed to the address.

    The letter repeats nothing of the message: whoever writes somebody else's address into the form cannot have us send
    them anything. Raises `Unfit` with a sentence for each field, `Refused` when too much comes, and `NotFound` where
    the operator's policy has no contact tab.
    """
    if not policy().does(Activity.CONTACT):
        raise NotFound(_("There is no contact form here."))
    columns = _checked(written)
    with transaction.atomic():
        subject = of_address(columns["email"])
        _check_flood(subject.id)
        made = Conversation.stored.create(
            **columns, subject_id=subject.id, language=language, platform=platform, waiting_since=now()
        )
        letter = writing.write(
            "contact-received",
            to=made.email,
            subject=subject,
            language=language,
            context={"reference": made.reference, "kept": _kept(language)},
            by=SYSTEM,
        )
        Message.stored.create(
            conversation=made, kind=Message.Kind.FORM, text=clean_text(written.text), letter=letter.message_id
        )
        touch(made)
        auditing.record("receive contact", made, by=SYSTEM)
    return made


def touch(conversation: Conversation) -> None:
    """Note a contact now: the year of activity B begins again, for everything that was said with this address."""
    conversation.last_contact_at = now()
    Conversation.stored.filter(subject_id=conversation.subject_id).update(last_contact_at=conversation.last_contact_at)


def _kept(language: str) -> str:
    """Return the policy's sentence on how long a conversation stays."""
    return texts(language).activity(Activity.CONTACT).retentions["last_contact"]


def _checked(written: Written) -> dict[str, str]:
    """Return the columns of a conversation. Raises `Unfit`."""
    columns = {
        "first_name": clean_line(written.first_name),
        "name": clean_line(written.name),
        "function": clean_line(written.function),
        "telephone": clean_line(written.telephone),
        "heading": clean_line(written.heading),
        "email": written.email.strip(),
    }
    wrong = {column: [sentence] for column, sentence in _find_faults(columns, clean_text(written.text))}
    try:
        columns["email"] = mail_address(columns["email"])
    except Refused as refusal:
        wrong["email"] = [refusal.message]
    if wrong:
        raise Unfit(wrong)
    return columns


def _find_faults(columns: dict[str, str], text: str) -> list[tuple[str, str]]:
    missing = {
        "first_name": _("Write your first name."),
        "name": _("Write your name."),
        "heading": _("Write in a few words what it is about."),
    }
    faults = [(column, sentence) for column, sentence in missing.items() if not columns[column]]
    if columns["telephone"] and not _TELEPHONE.fullmatch(columns["telephone"]):
        faults.append(("telephone", _("Write a telephone number with digits, for example +32 4 123 45 67.")))
    if not text:
        faults.append(("text", _("Write your message.")))
    if len(text) > LONGEST:
        faults.append(
            (
                "text",
                _("Write at most %(number)d characters; you can send the rest as an answer.") % {"number": LONGEST},
            )
        )
    for column, longest in LONGEST_OF.items():
        if len(columns[column]) > longest:
            faults.append((column, _("Write at most %(number)d characters.") % {"number": longest}))
    return faults


def _check_flood(subject_id: UUID) -> None:
    lately = Conversation.stored.filter(subject_id=subject_id, began_at__gt=now() - timedelta(days=1))
    if lately.count() >= A_DAY:
        raise Refused(_("We have several messages from this address today, and will answer. Write again tomorrow."))
    if Conversation.stored.filter(began_at__gt=now() - timedelta(hours=1)).count() >= AN_HOUR:
        raise Refused(
            _("Too many messages are coming in. Write to %(email)s, or try again in an hour.")
            % {"email": policy().operator.email}
        )
