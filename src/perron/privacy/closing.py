"""What goes at once when an account is closed, by the declarations; the rest waits, out of reach, for its clock."""

from uuid import UUID

from perron.privacy.acting import Actor
from perron.privacy.hiding import stored
from perron.privacy.leaving import children_first, take
from perron.privacy.tenancy.scope import as_program


@as_program
def take_at_closing(person: UUID, *, by: Actor | None) -> None:
    """Take what declarations let go at closing, in the transaction at hand.

    Those who know of reasons against it are asked first and raise `Refused`, but not where `by` is None: when a
    closing is repeated after a restore.
    """
    tables = [table for table in children_first() if table.closing and table.subject_kind != "address"]
    if by is not None:
        for table in tables:
            if table.before_leaving:
                table.before_leaving([person], by)
    for table in tables:
        assert table.closing is not None
        take(stored(table.model).filter(**{table.subject: person}), table.closing, "erasure")
