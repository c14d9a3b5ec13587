"""Who is told of a breach by letter: staff as the clock runs, partners, and the people concerned (GDPR arts 33, 34)."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from perron.core.clock import now
from perron.core.mail_addresses import read_address
from perron.privacy.acting import SYSTEM
from perron.privacy.announcing import Concerned, groups
from perron.privacy.auditing import record as audit
from perron.privacy.breaches.tables import Breach, BreachParty, BreachTold
from perron.privacy.notices import Notice
from perron.privacy.noticing import compose, notice, notice_many
from perron.privacy.policy.current import policy
from perron.privacy.requests.permitting import knowledge
from perron.privacy.subjects import of_person

HANDLING = "/desk/breaches/"
_REMINDERS = (24, 48, 72)
_AT_ONCE = 200
_BATCHES = 50


def staff(row: Breach, letter: str) -> None:
    """Write to the operator's data-protection staff."""
    for reader in knowledge().breach_keepers():
        notice(
            letter,
            subject=of_person(reader.id),
            address=reader.email,
            language=reader.language,
            context=_facts(row) | {"link": f"{settings.PERRON_ORIGIN}{HANDLING}{row.reference}/"},
            by=SYSTEM,
            about=row.pk,
        )


def partner(row: Breach, party: BreachParty) -> bool:
    """Write to a partner's administrators; say whether there is one to write to."""
    readers = knowledge().reachable(party.tenant_id)
    for reader in readers:
        link = f"{settings.PERRON_ORIGIN}{reader.page}breaches/{row.reference}/"
        notice(
            "breach-to-partner",
            subject=of_person(reader.id),
            address=reader.email,
            language=reader.language,
            context=_facts(row) | {"partner": party.name, "link": link},
            by=SYSTEM,
            about=row.pk,
        )
    return bool(readers)


def people(row: Breach, concerned: Iterable[Concerned]) -> int:
    """Tell people of a breach in their language, each once; return how many were told now."""
    reachable = {each.subject.id: each for each in concerned if read_address(each.address)}
    known = BreachTold.objects.filter(breach=row, subject_id__in=reachable).values_list("subject_id", flat=True)
    for told in known:
        del reachable[told]
    new = list(reachable.values())
    BreachTold.objects.bulk_create(
        BreachTold(breach=row, subject_kind=each.subject.kind, subject_id=each.subject.id) for each in new
    )
    notice_many([_to_person(row, each) for each in new], by=SYSTEM)
    return len(new)


def remind() -> int:
    """Remind staff 24, 48 and 72 hours after a breach was known while the authority is not told; return of how many."""
    waiting = Breach.objects.filter(closed_at=None, notified_at=None, known_at__lte=now() - timedelta(hours=24))
    return sum(_remind(pk) for pk in waiting.values_list("pk", flat=True))


def go_on_telling() -> int:
    """Tell the next of those who are told of a breach because they have an account; return how many were told."""
    told = 0
    for pk in being_told().values_list("pk", flat=True):
        for _batch in range(_BATCHES):
            reached = _tell_next(pk)
            if reached is None:
                break
            told += reached
    return told


def being_told() -> QuerySet[Breach]:
    """Return those of which not everybody has been told yet."""
    return Breach.objects.filter(reached__isnull=False)


def _remind(pk: UUID) -> bool:
    with transaction.atomic():
        row = Breach.objects.select_for_update().get(pk=pk)
        passed = (now() - row.known_at) / timedelta(hours=1)
        hours = max((each for each in _REMINDERS if each <= passed), default=0)
        if hours <= row.reminded or not row.waits_for_authority or row.closed_at:
            return False
        row.reminded = hours
        row.save(update_fields=["reminded"])
        staff(row, "breach-overdue" if hours == _REMINDERS[-1] else "breach-due")
        audit("remind", row, by=SYSTEM, hours=hours)
    return True


def _tell_next(pk: UUID) -> int | None:
    """Tell the next batch, and return how many they were; None once everybody has been told."""
    with transaction.atomic():
        row = Breach.objects.select_for_update().get(pk=pk)
        if row.reached is None:
            return None
        group = next((name for name in sorted(groups()) if row.reached.get(name, "") is not None), None)
        if group is None:
            row.reached = None
            row.save(update_fields=["reached"])
            return None
        last = row.reached.get(group)
        batch: Sequence[Concerned] = groups()[group](UUID(last) if last else None, row.telling_since or now(), _AT_ONCE)
        number = people(row, batch)
        row.told += number
        row.reached[group] = str(batch[-1].subject.id) if len(batch) == _AT_ONCE else None
        row.save(update_fields=["told", "reached"])
    return number


def _to_person(row: Breach, whom: Concerned) -> Notice:
    language = whom.language if whom.language in row.words else next(iter(row.words))
    operator = policy().operator
    return compose(
        "breach-to-person",
        subject=whom.subject,
        address=whom.address,
        language=language,
        context={
            "reference": row.reference,
            "words": row.words[language],
            "contact": f"{operator.name}, {operator.email}, {operator.telephone}",
        },
        about=row.pk,
    )


def _facts(row: Breach) -> dict[str, str]:
    return {
        "reference": row.reference,
        "known": row.known_at.isoformat(),
        "due": row.due_at.isoformat(),
        "happened": row.happened,
        "consequences": row.consequences,
        "measures": row.measures,
    }
