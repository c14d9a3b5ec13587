"""What somebody follows, as their address says it (`?c=liege&c=biblio&t=sport`): the way without JavaScript."""

import re
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest

from perron.communities.models import Community, Platform
from perron.reader.finding import communities_of

MOST = 50
_SLUG = re.compile("[a-z0-9-]{1,50}")


@dataclass(frozen=True)
class Choice:
    """Communities and topics (slugs); no topic means all."""

    communities: tuple[Community, ...] = ()
    topics: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.communities)

    @property
    def query(self) -> str:
        """The choice as a query, with its question mark; "" for none."""
        pairs = [*(("c", community.slug) for community in self.communities), *(("t", topic) for topic in self.topics)]
        return f"?{urlencode(pairs)}" if pairs else ""


def chosen(request: HttpRequest, platform: Platform) -> Choice:
    """Return the choice in the address; what is no name of a community here, or of any topic, is left out."""
    slugs = set(request.GET.getlist("c")[:MOST])
    if not slugs:
        return Choice()
    communities = [community for community in communities_of(platform) if community.slug in slugs]
    wanted = (topic for topic in request.GET.getlist("t")[:MOST] if _SLUG.fullmatch(topic))
    return Choice(tuple(communities), tuple(dict.fromkeys(wanted)))
