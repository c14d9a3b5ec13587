"""How often one address may send or search in a while, so that a program does not keep others waiting.

Each process counts in its memory. What it counts under is made of the address with a key that ends with the process,
and is gone when the while is over: nothing tells afterwards who sent or searched.
"""

import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from perron.core.clock import now
from perron.core.errors import TooMany

_KEY = secrets.token_bytes(32)

type View = Callable[..., HttpResponseBase]


@dataclass(frozen=True)
class Limit:
    """At most `most` times within `seconds`, for one address; for IPv6, for the network of one household."""

    name: str
    most: int
    seconds: int

    def wait(self, meta: Mapping[str, Any]) -> int:
        """Count once more for who asks; return in how many seconds they may go on, 0 for now."""
        if not (whose := _whose(meta)):
            return 0
        moment = int(now().timestamp())
        key = f"limit:{self.name}:{whose}:{moment // self.seconds}"
        cache.add(key, 0, timeout=self.seconds)
        try:
            times = cache.incr(key)
        except ValueError:
            # It was thrown out of the memory in between.
            return 0
        return self.seconds - moment % self.seconds if times > self.most else 0


# What anybody may send without an account. Offices and schools share an address.
SENDING = Limit("send", most=30, seconds=600)
# The app asks once for each community that is followed.
SEARCHING = Limit("search", most=600, seconds=60)


def limited(limit: Limit) -> Callable[[View], View]:
    """Have what is posted to a view count, and refuse what is too much with 429."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method == "POST" and (seconds := limit.wait(request.META)):
                raise TooMany(too_many(), seconds=seconds)
            return view(request, *args, **kwargs)

        guarded.limit = limit  # type: ignore[attr-defined]
        return guarded

    return decorate


def too_many() -> str:
    """Return the sentence of the refusal."""
    return _("Too much came from your address in a short time. Wait a few minutes, then try again.")


def _whose(meta: Mapping[str, Any]) -> str:
    """Return what stands for the address of who asks; "" where it is not known."""
    said = meta.get("HTTP_X_REAL_IP" if settings.ALLAUTH_TRUSTED_CLIENT_IP_HEADER else "REMOTE_ADDR", "")
    try:
        address = ip_address(str(said).strip())
    except ValueError:
        return ""
    network = ip_network((address, 64 if isinstance(address, IPv6Address) else 32), strict=False)
    return hmac.digest(_KEY, str(network).encode(), "sha256").hex()[:32]
