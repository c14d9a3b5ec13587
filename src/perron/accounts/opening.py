"""Opening an account by oneself: asked for with an address, opened by the link that comes to it.

There is no account before its address is confirmed, so nobody can take an address that is not theirs, nor wait for its
owner with a password of their own. Until then the mailed link alone holds what was said. Nothing says whether an
address has an account: its owner gets a letter either way, and the program does the same work for both.
"""

from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID

from allauth.account.models import EmailAddress
from django.contrib.auth.password_validation import validate_password
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from perron.accounts.models import Person, SignUp
from perron.accounts.naming import clean_name
from perron.core.clock import now
from perron.core.errors import Gone, Refused
from perron.core.language import check_spoken
from perron.core.mail_addresses import mail_address
from perron.letters.writing import write
from perron.privacy import objections
from perron.privacy.acting import SYSTEM
from perron.privacy.auditing import record
from perron.privacy.declaring import Activity
from perron.privacy.policy.current import policy
from perron.privacy.subjects import of_address, of_person

LASTS = timedelta(days=1)
# So many letters an hour go to one address; who asks for more gets the same answer, and no mail.
AN_HOUR = 3
_SALT = "perron.accounts.opening"


@dataclass(frozen=True)
class Asked:
    """What somebody said who asks for an account. `at` is where they asked: an identifier that a higher floor knows."""

    email: str
    language: str
    age: int
    refuses_promotion: bool = False
    at: str = ""


@dataclass(frozen=True)
class Opened:
    """What a link says; `id` is that of its `SignUp`."""

    id: UUID
    asked: Asked


def ask(asked: Asked, *, place: str, page: str, elsewhere: str) -> None:
    """Send the link that opens an account to its address; who has an account already is told that instead.

    `place` is what people call where they asked, `page` the address, with host, that reads the link's token behind it,
    and `elsewhere` the one where people sign in. Raises `Refused` for what is no address, and below the policy's age.
    """
    email = mail_address(asked.email)
    check_spoken(asked.language)
    _check_age(asked.age)
    with transaction.atomic():
        subject = of_address(email)
        lately = SignUp.objects.filter(addressee_id=subject.id, asked_at__gt=now() - timedelta(hours=1))
        if lately.count() >= AN_HOUR:
            return
        sign_up = SignUp.objects.create(addressee_id=subject.id)
        record("ask for account", sign_up, by=SYSTEM)
        token = _token(sign_up, replace(asked, email=email))
        is_known = _is_taken(email)
        write(
            "account-there" if is_known else "account-open",
            to=email,
            subject=subject,
            language=asked.language,
            context={"place": place, "link": elsewhere if is_known else f"{page}?{urlencode({'token': token})}"},
            by=SYSTEM,
        )


def look(token: str) -> Opened:
    """Return what a link says, without using it up. Raises `Gone` when it is used, too old, or none of ours."""
    try:
        said = signing.loads(token, salt=_SALT)
    except signing.BadSignature as error:
        raise Gone(_("This link is not complete. Copy all of it from the e-mail, or ask for a new one.")) from error
    until = datetime.fromisoformat(said.pop("until"))
    opened = Opened(UUID(said.pop("id")), Asked(**said))
    if until <= now():
        raise Gone(_("This link is too old: it works for one day. Ask for a new one."))
    if not SignUp.objects.filter(pk=opened.id, opened_at=None).exists() or _is_taken(opened.asked.email):
        raise _used()
    return opened


def open_account(token: str, *, password: str | None, name: str = "", first_name: str = "") -> Person:
    """Open the account that a link is for, and return its person. Without a password, they sign in by other means.

    Raises `Gone` as `look` does, `Refused` for a name or a password that cannot be one.
    """
    with transaction.atomic():
        opened = look(token)
        sign_up = SignUp.objects.select_for_update().filter(pk=opened.id, opened_at=None).first()
        if sign_up is None:
            raise _used()
        asked = opened.asked
        _check_age(asked.age)
        names = {"name": clean_name(name), "first_name": clean_name(first_name)}
        _check_password(password, Person(email=asked.email.lower(), **names))
        try:
            person = Person.objects.create_person(
                asked.email, password, language=asked.language, declared_age=asked.age, **names
            )
        except (ValidationError, IntegrityError) as error:
            # Another link for the same address was a moment faster.
            raise _used() from error
        EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
        sign_up.opened_at = now()
        sign_up.save(update_fields=["opened_at"])
        record("open account", person, by=person.actor, declared_age=asked.age)
        if asked.refuses_promotion and policy().does(Activity.PROMOTION):
            objections.raise_objection(of_person(person.pk), Activity.PROMOTION, by=person.actor)
    return person


def _check_age(age: int) -> None:
    years = policy().age_of_consent
    if age < years:
        raise Refused(
            _("An account is opened alone from the age of %(years)d. Say that you are that old.") % {"years": years}
        )


def _check_password(password: str | None, person: Person) -> None:
    if password is None:
        return
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise Refused(" ".join(error.messages)) from error


def _is_taken(email: str) -> bool:
    return Person.objects.filter(email=email.lower()).exists()


def _token(sign_up: SignUp, asked: Asked) -> str:
    said = asdict(asked) | {"id": str(sign_up.pk), "until": (sign_up.asked_at + LASTS).isoformat()}
    return signing.dumps(said, salt=_SALT, compress=True)


def _used() -> Gone:
    return Gone(_("This link has been used: the account is open. Sign in, or choose a new password if you forgot it."))
