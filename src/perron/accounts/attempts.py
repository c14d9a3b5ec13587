"""How often passwords may be tried. Whoever guesses is slowed down; nobody can lock somebody else out for long.

Wrong passwords count for an address and the client that typed them: after five, that client waits half a minute for
that address, twice as long after each further one, a quarter of an hour at most. Fifty for one address from everywhere,
or from one client for all addresses, let in only browsers that know the account. Those have a count of their own, which
nobody else can fill. A passkey is never counted, and a new password by mail makes its browser known.

The counts lie in the memory of each web process and are gone within the hour.
"""

import hashlib
import ipaddress
from dataclasses import dataclass
from datetime import timedelta
from math import inf

from django.core.cache import cache
from django.http import HttpRequest

from perron.accounts.devices import is_known
from perron.accounts.models import Person
from perron.core.clock import now

FREE = 5
MANY = 50
_FIRST_WAIT = 30
_LONGEST_WAIT = 15 * 60
_KEPT = timedelta(hours=1)


@dataclass(frozen=True)
class Attempt:
    """Somebody's trying a password for an address; `client` is an IP address, which is hashed and forgotten."""

    own: str
    shared: tuple[str, ...]

    def wait(self) -> int:
        """Return for how many seconds no password is tried; 0 lets it be tried now."""
        many = min((_ago(key) for key in self.shared if _count(key) >= MANY), default=inf)
        tried = _count(self.own)
        pause = min(_FIRST_WAIT * 2 ** (tried - FREE), _LONGEST_WAIT) if tried >= FREE else 0
        return max(0, round(max(pause - _ago(self.own), _LONGEST_WAIT - many, 0)))

    def failed(self) -> None:
        """Count a wrong password."""
        for key in (self.own, *self.shared):
            cache.set(key, (_count(key) + 1, now().timestamp()), _KEPT.total_seconds())

    def succeeded(self) -> None:
        """Forget what this client typed wrongly for this address; not what others did."""
        cache.delete(self.own)


def attempt(request: HttpRequest, email: str, client: str) -> Attempt:
    """Return the attempt to sign in as `email` from `client`, the address that the proxy or the connection tells."""
    email = email.strip().lower()
    if _knows(request, email):
        return Attempt(_key("known", email), ())
    network = _network(client)
    return Attempt(_key("client", email, network), (_key("address", email), _key("network", network)))


def _knows(request: HttpRequest, email: str) -> bool:
    person = Person.objects.filter(email=email).first() if request.COOKIES else None
    return person is not None and is_known(request, person)


def _network(client: str) -> str:
    """One connection has a whole /64 of IPv6 (RFC 6177)."""
    address = ipaddress.ip_address(client)
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def _key(*parts: str) -> str:
    return f"sign-in:{hashlib.sha256(' '.join(parts).encode()).hexdigest()}"


def _count(key: str) -> int:
    return int(cache.get(key, (0, 0.0))[0])


def _ago(key: str) -> float:
    """Return how many seconds ago a wrong password was typed; a clock that was set back makes nobody wait longer."""
    passed = now().timestamp() - float(cache.get(key, (0, 0.0))[1])
    return passed if passed >= 0 else inf
