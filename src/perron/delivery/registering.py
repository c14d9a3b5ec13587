"""What others learn of this package when there are models: the sources, and what goes along when a partner leaves."""

from perron.delivery import releases, sources, takeovers
from perron.delivery.digests import rounds
from perron.delivery.digests.source import Digests
from perron.delivery.handing_over import register_own

register_own()
sources.register(releases.NAME, releases.Releases())
sources.register(takeovers.NAME, takeovers.Takeovers())
sources.register(rounds.NAME, Digests())
