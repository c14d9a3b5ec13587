"""One-time links: who opens one that was sent to an address is sure enough to be whose address it is (art. 12(6)).

A link lives for half an hour and works once, by a button: programs that look at mail open links, and do not press
buttons. Nothing says whether anything is stored about the address, and until then the link alone holds it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.core import signing
from django.db import transaction
from django.utils.translation import gettext as _

from perron.core.clock import now
from perron.core.errors import Gone
from perron.core.mail_addresses import mail_address
from perron.privacy.acting import SYSTEM, Actor
from perron.privacy.auditing import record as audit
from perron.privacy.noticing import notice
from perron.privacy.requests.tables import Kind, Link
from perron.privacy.subjects import Subject, of_address

LASTS = timedelta(minutes=30)
# So many links an hour go to one address; who asks for more gets the same answer, and no mail.
AN_HOUR = 3
_SALT = "perron.privacy.requests.links"


@dataclass(frozen=True)
class Opened:
    """What a link says: to which address it was sent, and what its reader was about to ask for ("" for nothing yet)."""

    id: str
    email: str
    wish: str


def ask(email: str, *, page: str, language: str, wish: str = "") -> None:
    """Send a link to `email`. Raises `Refused` for what is no address, and otherwise always does as if it had sent one.

    `page` is the address, with host, that reads the link's token behind it; `wish` the kind of request that the person
    has chosen.
    """
    email = mail_address(email)
    with transaction.atomic():
        subject = of_address(email)
        lately = Link.objects.filter(addressee_id=subject.id, asked_at__gt=now() - timedelta(hours=1))
        if lately.count() >= AN_HOUR:
            return
        link = Link.objects.create(addressee_id=subject.id)
        audit("send link", link, by=SYSTEM)
        token = _token(link, email, wish if wish in Kind.values else "")
        notice(
            "rights-link",
            subject=subject,
            address=email,
            language=language,
            context={"link": f"{page}?{urlencode({'token': token})}", "minutes": int(LASTS.total_seconds() // 60)},
            by=SYSTEM,
            about=link.pk,
        )


def look(token: str) -> Opened:
    """Return what a link says, without using it up. Raises `Gone` when it is used, too old, or none of ours."""
    try:
        said = signing.loads(token, salt=_SALT)
    except signing.BadSignature as error:
        raise Gone(_("This link is not complete. Copy all of it from the e-mail, or ask for a new one.")) from error
    if datetime.fromisoformat(said["until"]) <= now():
        raise Gone(_("This link is too old. Ask for a new one: it works for half an hour."))
    if not Link.objects.filter(pk=said["id"], redeemed_at=None).exists():
        raise Gone(_("This link has been used already. Ask for a new one: each works once."))
    return Opened(said["id"], said["email"], said["wish"])


def redeem(token: str) -> tuple[Subject, Opened]:
    """Use a link up, and return whose address it proves. Raises `Gone` as `look` does."""
    with transaction.atomic():
        opened = look(token)
        link = Link.objects.select_for_update().filter(pk=opened.id, redeemed_at=None).first()
        if link is None:
            raise Gone(_("This link has been used already. Ask for a new one: each works once."))
        link.redeemed_at, link.email = now(), opened.email
        link.save(update_fields=["redeemed_at", "email"])
        subject = Subject("address", link.addressee_id)
        audit("open link", link, by=Actor(subject.kind, subject.id))
    return subject, opened


def email_of(subject: Subject) -> str:
    """Return the address that a link proved to be `subject`'s; "" once that was forgotten."""
    proved = Link.objects.filter(addressee_id=subject.id, redeemed_at__isnull=False).order_by("-redeemed_at")
    return proved.values_list("email", flat=True).first() or ""


def _token(link: Link, email: str, wish: str) -> str:
    until = (link.asked_at + LASTS).isoformat()
    return signing.dumps({"id": str(link.pk), "email": email, "wish": wish, "until": until}, salt=_SALT, compress=True)
