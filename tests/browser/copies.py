"""Copies on their way, for the pages about somebody's own data."""

from io import BytesIO

from perron.accounts.models import Person
from perron.privacy import exporting, receiving
from perron.privacy.copies.tables import Transfer
from perron.privacy.subjects import of_person


def copies_of(person: Person, language: str) -> str:
    """Let a copy come in for `person` and one go out without arriving; return the reception's identifier."""
    subject = of_person(person.pk)
    file = BytesIO()
    made = exporting.portable([subject], language=language, out=file)
    _reception, token = receiving.open_reception(person.pk, by=person.actor)
    file.seek(0)
    reception = receiving.receive(token, file, size=made.size, sha256=made.sha256)
    Transfer.objects.create(
        subject_kind=subject.kind, subject_id=subject.id, language=language, host="elsewhere.example",
        state=Transfer.State.FAILED, problem="404",
    )  # fmt: skip
    return str(reception.pk)
