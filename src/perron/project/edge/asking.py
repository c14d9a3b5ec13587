"""Whether a request is for a page that the edge may keep."""

from collections.abc import Mapping
from enum import Enum, auto
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.conf import settings
from django.core.handlers.wsgi import get_path_info
from django.urls import Resolver404, resolve

from perron.communities.hosting import split_prefix

# Longer addresses are answered, not kept.
_LONGEST = 500


class Asked(Enum):
    """What is asked for."""

    # A view that is not marked `at_the_edge`, or no view at all.
    NOT_PUBLIC = auto()
    # Public, but with parameters or a host that would let anybody fill the memory with copies.
    PUBLIC = auto()
    KEEPABLE = auto()


def asked_of(environ: Mapping[str, Any]) -> Asked:
    """Say what a GET or HEAD asks for."""
    path = environ["PATH_INFO"]
    if path.startswith(settings.STATIC_URL):
        return Asked.NOT_PUBLIC
    understood = _parameters_of(path)
    if understood is None:
        return Asked.NOT_PUBLIC
    query = environ.get("QUERY_STRING", "")
    if len(path) + len(query) > _LONGEST or not _is_canonical(environ.get("HTTP_HOST", "")):
        return Asked.PUBLIC
    names = {name for name, _ in parse_qsl(query, keep_blank_values=True)}
    return Asked.KEEPABLE if names <= understood and (names or not query) else Asked.PUBLIC


def _parameters_of(path: str) -> frozenset[str] | None:
    """Return the query parameters that the view at `path` understands; None unless it is marked `at_the_edge`."""
    try:
        view = resolve(get_path_info({"PATH_INFO": split_prefix(path)[1]})).func
    except (Resolver404, UnicodeDecodeError):
        return None
    return getattr(view, "edge_parameters", None)


def _is_canonical(host: str) -> bool:
    """Say whether this is the one way of writing a host; which hosts there are is `communities.hosting`'s to say."""
    name, _, port = host.partition(":")
    known_port = str(urlsplit(settings.PERRON_ORIGIN).port or "")
    return host in settings.PERRON_HOSTS or (name == name.lower() and port in {"", known_port})
