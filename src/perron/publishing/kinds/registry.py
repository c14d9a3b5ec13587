"""The kinds there are, in the order in which the studio offers them."""

from django.utils.translation import gettext_lazy as _

from perron.core.clock import end_of_day
from perron.publishing.kinds.alert.form import AlertForm
from perron.publishing.kinds.alert.messages import write_message
from perron.publishing.kinds.alert.model import AlertDetails
from perron.publishing.kinds.base import Kind
from perron.publishing.kinds.document.form import DocumentForm
from perron.publishing.kinds.document.model import DocumentDetails
from perron.publishing.kinds.event.announcing import write_occurrences
from perron.publishing.kinds.event.form import EventForm
from perron.publishing.kinds.event.model import EventDetails
from perron.publishing.kinds.works.form import WorksForm
from perron.publishing.kinds.works.model import WorksDetails

KINDS: dict[str, Kind] = {
    kind.slug: kind
    for kind in (
        Kind(slug="news", label=_("News"), plural=_("News")),
        Kind(
            slug="event",
            label=_("Event"),
            plural=_("Events"),
            model=EventDetails,
            form=EventForm,
            announced=write_occurrences,
            searched=("place", "address"),
        ),
        Kind(
            slug="alert",
            label=_("Alert"),
            plural=_("Alerts"),
            model=AlertDetails,
            form=AlertForm,
            announced=write_message,
            matters_until=lambda details: details["ends_at"],
            searched=("instructions",),
        ),
        Kind(
            slug="works",
            label=_("Works"),
            plural=_("Works"),
            model=WorksDetails,
            form=WorksForm,
            matters_until=lambda details: end_of_day(details["ends_on"]),
            searched=("place", "detours", "affected"),
        ),
        Kind(
            slug="document",
            label=_("Document"),
            plural=_("Documents"),
            model=DocumentDetails,
            form=DocumentForm,
            matters_until=lambda details: details["deadline"] and end_of_day(details["deadline"]),
            searched=("reference",),
        ),
    )
}
