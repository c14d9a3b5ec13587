"""Which of somebody's passkeys work on the page's host, and whether any can."""

import ipaddress
from collections.abc import Iterable
from contextlib import suppress

from allauth.mfa.models import Authenticator
from django.http import HttpRequest

from perron.accounts.factors import factors_of, host_of
from perron.accounts.models import Person


def passkeys_for(person: Person, request: HttpRequest) -> list[Authenticator]:
    """Return the passkeys that were made on the page's host: browsers offer no others there."""
    return [factor for factor in factors_of(person) if _host(factor) == _hostname(request)]


def place_of(factors: Iterable[Authenticator]) -> list[str]:
    """Return the hosts for which there are passkeys, to say where somebody can use them."""
    return sorted({host for factor in factors if (host := _host(factor))})


def better_address(request: HttpRequest) -> str:
    """Return the same page on `localhost` where the host is an address of numbers, for which there are no passkeys."""
    with suppress(ValueError):
        ipaddress.ip_address(_hostname(request).strip("[]"))
        port = request.get_host().removeprefix(_hostname(request))
        return f"{request.scheme}://localhost{port}{request.get_full_path()}"
    return ""


def _host(factor: Authenticator) -> str:
    return host_of(factor.data["credential"]) if factor.type == Authenticator.Type.WEBAUTHN else ""


def _hostname(request: HttpRequest) -> str:
    host = request.get_host()
    return host[: host.index("]") + 1] if host.startswith("[") else host.partition(":")[0]
