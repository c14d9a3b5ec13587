"""Which platform a request is for: by its host, or by the path `/p/{slug}/`; else the front platform."""

import re
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from perron.communities.models import Community, Platform
from perron.core.errors import NotFound

# Load balancers ask for it by the machine's own address, and while the database may be down.
HEALTH = "/health"
_MARK = "/p/"
_PREFIX = re.compile(r"(/p/[a-z0-9-]{1,50})(/.*)", re.DOTALL)
_CANDIDATES = "_perron_platforms"


def split_prefix(path: str) -> tuple[str, str]:
    """Return the script name of a platform reached by path ("/p/liege", or ""), and the path below it."""
    found = _PREFIX.fullmatch(path)
    return (found[1], found[2]) if found else ("", path)


class PathPlatforms:
    """WSGI: moves `/p/{slug}` from the path to the script name, so that every address made inside keeps it."""

    def __init__(self, application: Callable[..., Iterable[bytes]]) -> None:
        self.application = application

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Pass the request on, its prefix moved."""
        prefix, path = split_prefix(environ["PATH_INFO"])
        if prefix:
            environ = environ | {"SCRIPT_NAME": prefix, "PATH_INFO": path}
        if path == HEALTH and not environ.get("HTTP_HOST"):
            # Load balancers that speak HTTP/1.0 name no host.
            environ = {name: value for name, value in environ.items() if name != "HTTP_HOST"}
        return self.application(environ, start_response)


class PlatformMiddleware:
    """Answers 400 to a host that is neither the installation's nor a platform's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Check the host before anything else looks at the request."""
        host = request.get_host()
        if request.path_info != HEALTH and host.lower() not in settings.PERRON_HOSTS and _claimant(request) is None:
            raise DisallowedHost(f"No platform has the host {host!r}.")
        return self.get_response(request)


def platform_of(request: HttpRequest) -> Platform:
    """Return the platform that `request` is for; raises `NotFound`."""
    slug = _slug(request)
    if slug:
        found = next((platform for platform in _candidates(request) if platform.slug == slug), None)
    else:
        found = _claimant(request) or next((platform for platform in _candidates(request) if platform.is_front), None)
    if found is None:
        raise NotFound(_("There is no such platform here."))
    return found


def address_of(platform: Platform) -> str:
    """Return the platform's lasting address, without a slash at its end: what is written into messages and maps."""
    if platform.host:
        origin = urlsplit(settings.PERRON_ORIGIN)
        port = f":{origin.port}" if origin.port else ""
        return f"{origin.scheme}://{platform.host}{port}"
    return f"{settings.PERRON_ORIGIN}{'' if platform.is_front else _MARK + platform.slug}"


def home(community: Community) -> Platform | None:
    """Return the platform where a community is at home: one of its own partner before others, the front one last.

    Reads `community.platforms.all()`, which lists prefetch.
    """
    return min(
        community.platforms.all(),
        key=lambda platform: (platform.partner_id != community.partner_id, platform.is_front, platform.slug),
        default=None,
    )


def is_own_host(host: str) -> bool:
    """Say whether a host name, without its port, leads to this installation, or to one of its platforms."""
    own = {re.sub(r":\d+$", "", known.lower()) for known in settings.PERRON_HOSTS}
    host = host.lower().rstrip(".")
    return host in own or Platform.objects.filter(host=host).exists()


def _claimant(request: HttpRequest) -> Platform | None:
    """Return the platform whose own host this is."""
    return next((platform for platform in _candidates(request) if platform.host == _bare(request.get_host())), None)


def _candidates(request: HttpRequest) -> list[Platform]:
    """Return the platforms that the request may mean, in one query per request."""
    kept: list[Platform] | None = getattr(request, _CANDIDATES, None)
    if kept is None:
        meant = Q(host=_bare(request.get_host())) | Q(slug=_slug(request)) | Q(is_front=True)
        kept = list(Platform.objects.filter(meant))
        setattr(request, _CANDIDATES, kept)
    return kept


def _slug(request: HttpRequest) -> str:
    return str(request.META.get("SCRIPT_NAME", "")).removeprefix(_MARK)


def _bare(host: str) -> str:
    return host.rsplit(":", 1)[0].lower()
