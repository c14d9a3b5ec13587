"""What others learn of this package when there are models: campaigns are a source of deliveries, and nothing of it goes
along when a partner leaves."""

from perron.delivery import sources
from perron.outreach.newsletter.delivering import Campaigns
from perron.outreach.newsletter.sending import SOURCE
from perron.publishing.handing_over.parts import register

_OPERATORS = "what people write to the operator, who answers for it"
_NEWS = "the operator's own newsletter"

register(
    stays={
        "outreach.conversation": _OPERATORS,
        "outreach.message": _OPERATORS,
        "outreach.newsreader": _NEWS,
        "outreach.campaign": _NEWS,
    }
)
sources.register(SOURCE, Campaigns())
