"""Rows of somebody whose data are restricted are stored and not used: the default manager does not find them.

    class Thread(models.Model):
        …
        objects = Unrestricted()
        stored = models.Manager()

`objects` is what Django uses for lists, `get_object_or_404`, the fields of forms, the rows behind a foreign key
(`person.threads`), and for `update` and `delete` in bulk. Storing goes around it: `save`, cascades and a single row
reached by a foreign key use the base manager, which must find every row. A query that joins such a table from another
one also goes around it: `hide` does for it what the manager does.

`stored` sees every row; only privacy uses it, to export, erase, and show what is restricted to those who may know.
"""

from typing import Any, ClassVar

from django.apps import apps
from django.db.models import Exists, Manager, Model, OuterRef, QuerySet

from perron.privacy.tenancy.within import within


class Unrestricted[M: Model](Manager[M]):
    """Finds the rows whose subject, at the lookup path `subject`, is not restricted.

    The path is that of the table's declaration; another one goes into a subclass. (Not into the instance: the managers
    behind foreign keys are made from the class.)
    """

    subject: ClassVar[str] = "subject_id"

    def get_queryset(self) -> QuerySet[M]:
        """Return them, by one indexed NOT EXISTS."""
        return hide(within(super().get_queryset()), self.subject)


def hide[Q: QuerySet[Any]](rows: Q, subject: str) -> Q:
    """Leave out of `rows` those whose subject, at the lookup path `subject`, is restricted."""
    # By name: the gate looks at managers before there are models.
    restrictions = apps.get_model("privacy", "Restriction")._default_manager
    return rows.filter(~Exists(restrictions.filter(subject_id=OuterRef(subject), lifted_at=None)))


def stored[T: Model](model: type[T]) -> QuerySet[T]:
    """Return every row of a table, restricted or not: for storing, exporting, erasing."""
    return model._base_manager.all()
