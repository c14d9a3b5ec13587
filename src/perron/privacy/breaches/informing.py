"""Telling partners and people of a breach: verbs of the operator's data-protection staff, and a partner's answer."""

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from perron.core.clock import now
from perron.core.errors import Conflict, Refused
from perron.core.language import LANGUAGES
from perron.privacy.acting import Actor
from perron.privacy.announcing import Concerned
from perron.privacy.breaches import telling
from perron.privacy.breaches.entering import deed, said, trace
from perron.privacy.breaches.tables import Breach, BreachParty
from perron.privacy.requests.permitting import Tenant, permit_partner

MOST_ADDRESSES = 2_000


def tell_partners(breach: Breach, tenants: Sequence[Tenant], *, by: Actor) -> list[BreachParty]:
    """Tell partners for which the operator processes what is concerned, without delay (GDPR art. 33(2)).

    Their administrators get a letter; who has none stays untold until staff note that they told them. Raises
    `NotAllowed`, `Conflict`, `Refused`.
    """
    if not tenants:
        raise Refused(_("Choose whom to tell."))
    parties: list[BreachParty] = []
    with deed(breach, "tell_partners_of_breach", by=by, partners=[tenant.name for tenant in tenants]) as row:
        for tenant in tenants:
            party, _new = BreachParty.objects.get_or_create(
                breach=row, tenant_id=tenant.id, defaults={"name": tenant.name}
            )
            if not party.told_at and telling.partner(row, party):
                party.told_at = now()
                party.save(update_fields=["told_at"])
            parties.append(party)
    return parties


def told_by_hand(party: BreachParty, *, by: Actor) -> None:
    """Note that staff told a partner which has no administrator here. Raises `NotAllowed`, `Conflict`."""
    with deed(party.breach, "tell_partner_of_breach", by=by, partner=party.name):
        BreachParty.objects.filter(pk=party.pk, told_at=None).update(told_at=now())


def acknowledge(party: BreachParty, *, by: Actor) -> None:
    """Note, as an administrator of the partner, that it knows. Raises `NotAllowed`, `Conflict`."""
    permit_partner(by, party.tenant_id)
    with transaction.atomic():
        found = BreachParty.objects.select_for_update().get(pk=party.pk)
        if not found.told_at:
            raise Conflict(_("Nobody has told them yet."))
        if not found.acknowledged_at:
            found.acknowledged_at = now()
            found.save(update_fields=["acknowledged_at"])
            trace(found.breach, "acknowledge_breach", by=by, partner=found.name)


def tell_people(
    breach: Breach, words: Mapping[str, str], *, to: Sequence[Concerned] = (), everybody: bool = False, by: Actor
) -> Breach:
    """Tell people of a breach, in clear and plain language (GDPR art. 34(2)).

    `words` says, per language, what happened, what may follow and what is done; whose language is not among them gets
    the first. `to` are those of an address; `everybody`: all who have an account, by and by. Each is told once, also
    when this is done again for more people. Raises `NotAllowed`, `Conflict`, `Refused`.
    """
    written = {language: said(words[language], "") for language in LANGUAGES if words.get(language, "").strip()}
    if not written:
        raise Refused(_("Write in at least one language what people are told."))
    if not to and not everybody:
        raise Refused(_("Choose whom to tell."))
    if len(to) > MOST_ADDRESSES:
        raise Refused(_("At most %(number)d addresses at once.") % {"number": MOST_ADDRESSES})
    with deed(breach, "tell_people_of_breach", by=by, addresses=len(to), everybody=everybody) as row:
        row.words, row.telling_since = written, row.telling_since or now()
        row.told += telling.people(row, to)
        if everybody:
            row.reached = {}
    return breach
