"""Asking for the newsletter, with double opt-in: until the address is confirmed, the link that was sent holds the wish.

Whoever asks gets the same answer, whether the address is known already or not. What is agreed to is kept as a consent,
with the words that were shown and the version of the policy (GDPR art. 7(1)).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.core import signing
from django.db import transaction
from django.utils.translation import gettext as _

from perron.core.clock import now
from perron.core.errors import Gone, NotFound, Refused
from perron.core.language import check_spoken
from perron.core.mail_addresses import mail_address
from perron.letters import writing
from perron.letters.models import Letter
from perron.outreach.newsletter.audience import E, bases, by_consent
from perron.outreach.newsletter.tables import NewsReader
from perron.privacy import consents, objections
from perron.privacy.acting import SYSTEM, Actor
from perron.privacy.among import Keys
from perron.privacy.auditing import record
from perron.privacy.consents import OfAge, Shown
from perron.privacy.policy.current import policy
from perron.privacy.policy.rendering import words_for
from perron.privacy.subjects import Subject, known_address, of_address

LASTS = timedelta(days=2)
# So many letters a day go to one address that did not confirm: nobody fills a stranger's mailbox.
A_DAY = 3
# As which form a consent is remembered to have been given on.
FORM = "newsletter"
_SALT = "perron.outreach.newsletter"
_KIND = "news-confirm"


@dataclass(frozen=True)
class Wish:
    """What a link says: who wants the newsletter, in which language, of which age they said to be, and when."""

    email: str
    language: str
    age: int
    at: datetime


def takes_readers() -> bool:
    """Say whether anybody can ask for it: the operator's policy has a newsletter for those who agree to it."""
    return any(by_consent(basis) for basis in bases())


def wording(language: str) -> tuple[str, str]:
    """Return what one agrees to, in the operator's words, and the language that they are in."""
    words = words_for(policy(), language)
    said = words.activity(E)
    return f"{said.name}. {said.purpose}", words.language


def ask(email: str, *, language: str, age: int, page: str) -> None:
    """Send the link with which the owner of `email` confirms; `age` is what they say to have reached, in years.

    Raises `Refused` for what is no address and below the policy's age, `NotFound` where there is no newsletter; beyond
    three letters a day it does as if it had sent one. `page` is the address, with host, that reads the token behind it.
    """
    _check_there()
    check_spoken(language)
    email = mail_address(email)
    years = policy().age_of_consent
    if age < years:
        raise Refused(_("One agrees alone from the age of %(years)d. Say that you are that old.") % {"years": years})
    with transaction.atomic():
        subject = of_address(email)
        lately = Letter.objects.filter(kind=_KIND, subject_id=subject.id, written_at__gt=now() - timedelta(days=1))
        if lately.count() >= A_DAY:
            return
        said = [email, language, age, policy().version.in_force.isoformat(), now().isoformat()]
        token = signing.dumps(said, salt=_SALT, compress=True)
        link = f"{page}?{urlencode({'token': token})}"
        writing.write(_KIND, to=email, subject=subject, language=language, context={"link": link}, by=SYSTEM)


def look(token: str) -> Wish:
    """Return what a link says, without confirming it. Raises `Gone` when it counts no more, or is none of ours."""
    _check_there()
    try:
        email, language, age, version, at = signing.loads(token, salt=_SALT)
    except signing.BadSignature as error:
        raise Gone(_("This link is not complete. Copy all of it from the e-mail, or ask anew.")) from error
    wish = Wish(email, language, age, datetime.fromisoformat(at))
    if wish.at + LASTS <= now():
        raise Gone(_("This link is too old: it works for two days. Ask for the news again."))
    if version != policy().version.in_force.isoformat():
        raise Gone(_("Our data-protection policy has changed since you asked. Read it, and ask for the news again."))
    if _stopped_since(wish):
        raise Gone(_("You have stopped the news since then. Ask for it again if you want it after all."))
    return wish


def confirm(token: str) -> NewsReader:
    """Keep that whoever has the link agrees. Twice is as good as once; raises `Gone` as `look` does."""
    with transaction.atomic():
        wish = look(token)
        subject = of_address(wish.email)
        by = Actor("address", subject.id)
        reader, new = NewsReader.stored.get_or_create(
            subject_id=subject.id, defaults={"email": wish.email, "language": wish.language}
        )
        basis = next(each.id for each in bases() if by_consent(each))
        if new or not consents.has_given(subject, E, basis):
            words, language = wording(wish.language)
            shown = Shown(words, language, FORM, policy().version.in_force)
            consents.give(subject, E, basis, shown=shown, age=OfAge(wish.age), by=by)
            record("ask for news", reader, by=by)
    return reader


def _check_there() -> None:
    if not takes_readers():
        raise NotFound(_("There is nothing at this address."))


def _stopped_since(wish: Wish) -> bool:
    """A link from before a refusal does not undo it, whoever opens it."""
    subject: Subject | None = known_address(wish.email)
    if subject is None:
        return False
    stopped = objections.latest(Keys.of([subject.id]), E).get(subject.id.hex)
    return stopped is not None and stopped >= wish.at
