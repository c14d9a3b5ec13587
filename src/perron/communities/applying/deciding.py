"""What a commune does with an application: ask back, accept, decline. Its administrators decide."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.text import slugify
from django.utils.translation import gettext as _

from perron.accounts.models import Person
from perron.communities.access import permit, person_of
from perron.communities.applying.tables import Application, ApplicationEntry, Apprenticeship
from perron.communities.founding import found_community, show
from perron.communities.hosting import home
from perron.communities.membership import admit
from perron.communities.models import Community, Platform
from perron.communities.permissions import ADMIT_APPLICANTS
from perron.communities.roles import Role
from perron.communities.writing import Unfit
from perron.core.clock import now
from perron.core.errors import Conflict, NotFound, Refused
from perron.core.identifiers import short_key
from perron.core.text import clean_text
from perron.letters import writing
from perron.privacy import auditing
from perron.privacy.acting import SYSTEM, Actor

_State, _Kind = Application.State, ApplicationEntry.Kind
LONGEST = 2_000
# How many first items the commune looks at, unless it says otherwise.
FIRST_ITEMS = 3
MOST_FIRST_ITEMS = 20


def waiting(commune: Community) -> QuerySet[Application]:
    """Return the applications that the commune has still to decide, the oldest first."""
    return Application.objects.filter(commune=commune, state__in=[_State.OPEN, _State.ASKED]).order_by("applied_at")


def ask(application: Application, text: str, *, by: Actor) -> None:
    """Ask the applicant something, by a letter in the thread. Raises `NotAllowed`, `Refused`, `Conflict`."""
    with _open(application, by) as row:
        _say(row, "application-question", _Kind.QUESTION, _checked(text), by=by)
        _settle(row, _State.ASKED, "ask applicant", by=by)


def add_answer(application: Application, text: str, *, by: Actor) -> None:
    """Add what the applicant answered by mail or telephone. Raises `NotAllowed`, `Refused`, `Conflict`."""
    with _open(application, by) as row:
        ApplicationEntry.stored.create(application=row, kind=_Kind.ANSWER, text=_checked(text), by=_person(by))
        _settle(row, _State.OPEN, "add to application", by=by)


def decline(application: Application, reason: str, *, by: Actor) -> None:
    """Decline, with a reason that the applicant reads. Raises `NotAllowed`, `Refused`, `Conflict`."""
    with _open(application, by) as row:
        _say(row, "application-declined", _Kind.DECISION, _checked(reason), by=by)
        _settle(row, _State.DECLINED, "decline application", by=by)


def accept(application: Application, *, by: Actor, first_items: int = FIRST_ITEMS) -> Community:
    """Found the community on the commune's platform, with the applicant as its administrator, and say so in a letter.

    Its first `first_items` items are released by the commune. Raises `NotAllowed`, `Refused` for an address whose
    account is closed, `Unfit`, `Conflict`.
    """
    if not 0 <= first_items <= MOST_FIRST_ITEMS:
        raise Refused(_("Choose between 0 and %(most)d items.") % {"most": MOST_FIRST_ITEMS})
    with _open(application, by) as row:
        made = _found(row)
        if platform := _platform(row):
            # Who is shown is the operator's to say; the commune's platform is for those whom the commune accepts.
            show(platform, [*platform.communities.order_by("place__position", "place__id"), made], by=SYSTEM)
        admit(row.email, Role.ADMINISTRATOR, by=SYSTEM, at=made, name=row.contact)
        if first_items:
            Apprenticeship.objects.create(community=made, guardian=row.commune, left=first_items)
        context: dict[str, str | int] = {
            "name": row.name,
            "first": first_items,
            "studio": f"{settings.PERRON_ORIGIN}/studio/",
            "password": f"{settings.PERRON_ORIGIN}/account/password/",
        }
        _say(row, "application-accepted", _Kind.DECISION, "", by=by, **context)
        _settle(row, _State.ACCEPTED, "accept application", by=by)
    return made


def _found(row: Application) -> Community:
    languages = list(row.commune.languages)
    try:
        return found_community(
            by=SYSTEM, partner=row.commune.partner, slug=_free_slug(row.name), kind=row.kind,
            names={languages[0]: row.name}, languages=languages, commune_nis=row.commune.commune_nis,
            street=row.street, postal_code=row.postal_code, locality=row.locality, website=row.website,
            fictional=row.commune.fictional,
        )  # fmt: skip
    except Unfit as unfit:
        raise Refused(unfit.message) from unfit


def _platform(row: Application) -> Platform | None:
    """Return the app on which it was applied if it is the commune's own; else the one where the commune is at home."""
    own = row.platform is not None and row.platform.partner_id == row.commune.partner_id
    return row.platform if own else home(row.commune)


def _free_slug(name: str) -> str:
    slug = slugify(name)[:40].strip("-").replace("_", "-") or short_key()
    return f"{slug}-{short_key(4)}" if Community.objects.filter(slug=slug).exists() else slug


def _say(
    row: Application, letter: str, kind: ApplicationEntry.Kind, text: str, *, by: Actor, **more: str | int
) -> None:
    person = _person(by)
    written = writing.write(
        letter,
        to=row.email,
        subject=row.subject,
        language=row.language,
        context={"reference": row.reference, "commune": row.commune.name_in(row.language), "text": text, **more},
        by=by,
        thread=[each for each in row.entries.values_list("letter", flat=True) if each],
        reply_to=row.commune.email or (person.email if person else ""),
    )
    ApplicationEntry.stored.create(application=row, kind=kind, text=text, by=person, letter=written.message_id)


def _settle(row: Application, state: str, verb: str, *, by: Actor) -> None:
    row.state, row.last_contact_at = state, now()
    row.save(update_fields=["state", "last_contact_at"])
    auditing.record(verb, row, by=by, tenant=row.commune_id)


@contextmanager
def _open(application: Application, by: Actor) -> Iterator[Application]:
    """Yield the application, locked, in a transaction, while it is to be decided."""
    permit(by, ADMIT_APPLICANTS, application.commune)
    with transaction.atomic():
        row = Application.objects.select_for_update(of=("self",)).select_related("commune__partner").filter(
            pk=application.pk
        ).first()  # fmt: skip
        if row is None:
            raise NotFound(_("This application is not here: it is restricted, or its time has passed."))
        if not row.is_open:
            raise Conflict(_("This application was decided already."))
        yield row


def _checked(text: str) -> str:
    cleaned = clean_text(text)
    if not cleaned:
        raise Refused(_("Write something first."))
    if len(cleaned) > LONGEST:
        raise Refused(_("Write at most %(number)d characters.") % {"number": LONGEST})
    return cleaned


def _person(by: Actor) -> Person | None:
    person = person_of(by)
    return person if isinstance(person, Person) else None
