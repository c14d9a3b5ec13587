"""Whether the addresses in a campaign's texts lead somewhere: asked soon after they are written, never while somebody
waits, and once only, since what is sent is sent."""

from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor

from django.db.models import QuerySet

from perron.core.fetching import PORTS
from perron.core.reaching import Reached, reach
from perron.outreach.newsletter.checking import links_in
from perron.outreach.newsletter.tables import Campaign

_MOST = 50
_AT_ONCE = 8
_GONE = {404, 410}


def addresses(texts: Collection[str]) -> list[str]:
    """Return the addresses on the web that texts lead to, each once."""
    found = dict.fromkeys(link.address for text in texts for link in links_in(text))
    return [address for address in found if address.lower().startswith(("https://", "http://"))][:_MOST]


def check_due(*, ports: Collection[int] = PORTS, allow: Collection[str] = ()) -> int:
    """Ask for the addresses of campaigns that changed theirs; return how many were asked. Options as for `reach`."""
    asked = 0
    for campaign in unlooked()[:10]:
        wanted = addresses(campaign.texts.values())
        with ThreadPoolExecutor(_AT_ONCE) as threads:
            answers = threads.map(lambda address: reach(address, ports=ports, allow=allow), wanted)
            links = {address: _judged(answer) for address, answer in zip(wanted, answers, strict=True)}
        # Of a text that was saved meanwhile, the next round asks.
        same = Campaign.objects.filter(pk=campaign.pk, edition=campaign.edition)
        same.update(links=links, links_due=False)
        asked += len(wanted)
    return asked


def unlooked() -> QuerySet[Campaign]:
    """Return those whose addresses changed since they were asked for."""
    return Campaign.objects.filter(links_due=True)


def _judged(answer: Reached) -> str:
    if isinstance(answer, int) and answer < 400:
        return "fine"
    return "dead" if answer == "unreachable" or answer in _GONE else "unclear"
