"""Every table says of each row whose it is: a tenant's, by a path that leads there, or nobody's."""

from collections.abc import Iterator

from perron.privacy.declaring import NotPersonal, Personal
from perron.privacy.gate.collecting import tables
from perron.privacy.gate.columns import name_of
from perron.privacy.hiding import Unrestricted
from perron.privacy.tenancy.paths import LeadsNowhere, tenant_model, tenants_of, walk
from perron.privacy.tenancy.within import OfTenants


def tenant_gaps() -> Iterator[str]:
    """Yield a sentence for each table that does not say whose its rows are, or whose path leads astray."""
    for table in tables():
        if table.tenant is None:
            yield (
                f"table {name_of(table.model)} does not say whose its rows are: add the path to the partner, "
                'tenant="community__partner", or NoTenants("public", "operator" or "person", and why).'
            )
        elif tenants_of(table):
            yield from _path_gaps(table)
            if not isinstance(table.model._default_manager, (OfTenants, Unrestricted)):
                yield f"table {name_of(table.model)} shows everybody's rows on SQLite: give it objects = OfTenants()."


def _path_gaps(table: Personal | NotPersonal) -> Iterator[str]:
    said = tenants_of(table)
    assert said
    for path in said.paths:
        try:
            steps, column = walk(table.model, path)
        except LeadsNowhere as error:
            yield f"table {name_of(table.model)}: its tenant {path} breaks off at {error}; correct `tenant`."
            continue
        if column or steps[-1].model is not tenant_model():
            yield f"table {name_of(table.model)}: its tenant {path} leads to no tenant; correct `tenant`."
    for path, values in said.public.items():
        try:
            column = walk(table.model, path)[1]
        except LeadsNowhere as error:
            yield f"table {name_of(table.model)}: {path} breaks off at {error}; correct `public` of its tenants."
            continue
        if bool(column) != bool(values):
            yield f"table {name_of(table.model)}: {path} needs the values that are public, or None for a relation."
