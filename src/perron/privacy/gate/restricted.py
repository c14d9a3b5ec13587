"""A restriction reaches every table with personal data, or the table says why it need not (GDPR art. 18(2))."""

from collections.abc import Iterator

from perron.privacy.gate.collecting import personal_tables
from perron.privacy.gate.columns import name_of
from perron.privacy.hiding import Unrestricted


def restriction_gaps() -> Iterator[str]:
    """Yield a sentence for each table whose default manager does not do what its declaration says."""
    for table in personal_tables():
        name = name_of(table.model)
        manager = table.model._default_manager
        if not isinstance(manager, Unrestricted):
            if not table.used_in_restriction:
                yield (
                    f"table {name} shows the rows of restricted people: give it "
                    f'objects = Unrestricted() with subject = "{table.subject}", or say in `used_in_restriction` '
                    "for what it is used (GDPR art. 18(2))."
                )
        elif table.used_in_restriction:
            yield f"table {name} hides the rows of restricted people, yet says that it uses them; keep one of the two."
        elif manager.subject != table.subject:
            yield f'table {name} hides rows by {manager.subject}; give its manager the declared "{table.subject}".'
        if isinstance(table.model._base_manager, Unrestricted):
            yield f"table {name} would lose restricted rows when it is saved; remove Meta.base_manager_name."
