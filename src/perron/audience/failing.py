"""What becomes of a webhook whose calls fail: after five days without one that was taken it is switched off, and at
once where the other side says so. Whoever administers the community is told by letter."""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from perron.accounts.models import Person
from perron.audience.models import Webhook
from perron.communities.access import holders
from perron.communities.permissions import KEEP_WEBHOOKS
from perron.communities.roles import Level
from perron.core.clock import now
from perron.letters.writing import compose, write_many
from perron.privacy.acting import SYSTEM
from perron.privacy.auditing import record
from perron.privacy.subjects import of_person

PATIENCE = timedelta(days=5)
# Where letters lead: the studio keeps this address.
PAGE = "/studio/{community}/webhooks/{webhook}/"

_State = Webhook.State


def note_taken(webhook: UUID) -> None:
    """Note that a call was taken."""
    Webhook.stored.filter(pk=webhook).update(failure="", failing_since=None, taken_at=now())


def note_failure(webhook: UUID, failure: str, *, for_good: bool) -> None:
    """Note that a call was not taken, and why (a code); `for_good`: the other side wants no more of them."""
    with transaction.atomic():
        found = Webhook.stored.select_for_update().filter(pk=webhook).first()
        if found is None:
            return
        found.failure, found.failing_since = failure, found.failing_since or now()
        ends = found.state == _State.ON and (for_good or now() - found.failing_since > PATIENCE)
        if ends:
            found.state = _State.OFF
        found.save(update_fields=["failure", "failing_since", "state"])
        if ends:
            record("switch off webhook", found, by=SYSTEM, tenant=found.community_id)
            _tell(found)


def failure_in_words(failure: str) -> str:
    """Return a sentence for `Webhook.failure`, in the language at hand."""
    sentences = {
        "gone": _("The server answered that it wants no more calls (410)."),
        "loop": _("The calls came back to this site."),
        "private": _("The address lies inside a private network: it is not called."),
        "no server": _("There is no server of this name."),
        "unreachable": _("The server did not answer within fifteen seconds."),
    }
    if failure.startswith("http 3"):
        return _("The server leads on to another address (%(code)s). Give that one.") % {"code": failure[5:]}
    if failure.startswith("http "):
        return _("The server answered %(code)s.") % {"code": failure[5:]}
    return sentences.get(failure, failure)


def _tell(webhook: Webhook) -> None:
    link = settings.PERRON_ORIGIN + PAGE.format(community=webhook.community.slug, webhook=webhook.pk)
    letters = []
    for person in _readers(webhook):
        with override(person.language):
            why = failure_in_words(webhook.failure)
        context = {
            "community": webhook.community.name_in(person.language),
            "address": webhook.address,
            "why": why,
            "link": link,
        }
        letters.append(
            compose("webhook-off", to=person.email, subject=of_person(person.pk), language=person.language,
                    context=context)
        )  # fmt: skip
    write_many(letters, by=SYSTEM)


def _readers(webhook: Webhook) -> list[Person]:
    """Return the community's administrators, or else its partner's."""
    of_community = list(holders(KEEP_WEBHOOKS, webhook.community))
    return of_community or list(holders(KEEP_WEBHOOKS, webhook.community, level=Level.PARTNER))
