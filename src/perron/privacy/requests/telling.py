"""What is said about a request by letter: to the person, to staff, to the partners whom it concerns."""

from collections.abc import Mapping

from django.conf import settings
from django.utils import translation

from perron.core.clock import now
from perron.privacy.acting import SYSTEM
from perron.privacy.noticing import notice
from perron.privacy.policy.citations import in_words
from perron.privacy.policy.current import policy
from perron.privacy.policy.values import Body
from perron.privacy.requests.finding import subject_of
from perron.privacy.requests.grounds import Ground
from perron.privacy.requests.permitting import Reader, knowledge
from perron.privacy.requests.states import CLOSED
from perron.privacy.requests.tables import Kind, Party, Request
from perron.privacy.subjects import Subject, of_address, of_person

# Where letters lead: the doors keep these addresses.
OWN_REQUESTS, HANDLING = "/account/rights/", "/desk/requests/"


def person(row: Request, letter: str, **more: str) -> None:
    """Write to whom the request is from; those who gave no address get paper, which staff send."""
    if row.email:
        reader = Reader(row.email, row.language, row.pk)
        link = settings.PERRON_ORIGIN + OWN_REQUESTS
        _write(letter, row, reader, subject_of(row) or of_address(row.email), {"link": link, **routes(), **more})


def refusal(row: Request, ground: Ground, reasons: str) -> None:
    """Write that it is refused: ground, reasons, the authority to complain to, the courts (GDPR art. 12(4))."""
    with translation.override(row.language):
        said = str(ground.label)
    person(row, "request-refused", words=reasons, ground=said, citation=in_words(ground.citation, row.language))


def routes() -> dict[str, str]:
    """Return where to complain, from the policy."""
    authority = policy().authority
    return {
        "authority": _lines(authority.body),
        "complaint_page": authority.complaint_page,
        "rights_page": authority.rights_page,
    }


def staff(row: Request, letter: str, **more: str) -> None:
    """Write to the operator's staff: something is to be done by a day."""
    link = f"{settings.PERRON_ORIGIN}{HANDLING}{row.reference}/"
    for reader in knowledge().handlers():
        _write(letter, row, reader, of_person(reader.id), {"link": link, **more})


def controllers(row: Request) -> None:
    """Write to the administrators of each partner that decides, alone or with the operator, and note that it was told.

    A partner without administrators is told by staff.
    """
    for party in row.parties.exclude(capacity=Party.Capacity.RECIPIENT).filter(told_at=None):
        if tenant(row, party):
            party.told_at = now()
            party.save(update_fields=["told_at"])


def tenant(row: Request, party: Party) -> bool:
    """Write to the administrators of one partner, in the capacity that it has; say whether there is one to write to."""
    readers = knowledge().reachable(party.tenant_id) if party.tenant_id else ()
    for reader in readers:
        link = f"{settings.PERRON_ORIGIN}{reader.page}requests/{row.reference}/"
        more = {"partner": party.name, "link": link}
        _write(f"request-to-{party.capacity}", row, reader, of_person(reader.id), more)
    return bool(readers)


def _write(letter: str, row: Request, reader: Reader, subject: Subject, more: Mapping[str, str]) -> None:
    with translation.override(reader.language):
        kind = str(Kind(row.kind).label)
    context = {
        "reference": row.reference,
        "kind": kind,
        "received_day": row.received_on.isoformat(),
        "due_day": "" if row.state in CLOSED else row.due_on.isoformat(),
        "name": f"{row.first_name} {row.name}".strip(),
    }
    notice(
        letter,
        subject=subject,
        address=reader.email,
        language=reader.language,
        context=context | dict(more),
        by=SYSTEM,
        about=row.pk,
    )


def _lines(body: Body) -> str:
    place = f"{body.postal_code} {body.locality}"
    return "\n".join(line for line in (body.name, body.street, place, body.telephone, body.email) if line)
