"""Who is a client of the operator: whom a partner named as its contact for the contract, while an agreement binds it.

Not its data-protection officer: that address was noted for another purpose.
"""

from django.db.models import Exists, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from perron.communities.contracting.tables import Agreement, Contact
from perron.core.language import LANGUAGES
from perron.privacy import standing
from perron.privacy.among import Key, Keys
from perron.privacy.tenancy.scope import as_program


def clients() -> QuerySet[Contact]:
    """Return the contacts who are clients, restricted ones too, each with the `language` of the agreement."""
    binding = Agreement.objects.filter(in_force_at__isnull=False, ended_at=None).order_by("-in_force_at")
    own = binding.filter(partner=OuterRef("partner"))
    above = binding.filter(partner=OuterRef("partner__parent"), with_children=True)
    return Contact.stored.filter(
        Exists(own) | Exists(above), kind=Contact.Kind.CONTRACT, ended_at=None
    ).annotate(
        language=Coalesce(
            Subquery(own.values("language")[:1]), Subquery(above.values("language")[:1]), Value(LANGUAGES[0])
        )
    )  # fmt: skip


@standing.tells("address", "client")
@as_program
def clients_among(addresses: Keys) -> standing.Known:
    """Return the key and the address of those who are clients."""
    return list(clients().filter(subject_id__among=addresses).values_list(Key("subject_id"), "email"))
