"""What a public page tells the edge: that it may be kept, what it depends on, and until when it is true.

The edge (`project.edge`) keeps a response only if its view is marked `at_the_edge` and the response went through
`public`, and counts what went through `counted`. It takes these headers off again.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed

from perron.statistics.counting import Opened

DEPENDS = "Perron-Depends"
UNTIL = "Perron-Until"
COUNTED = "Perron-Counted"

METHODS = ("GET", "HEAD", "OPTIONS")

type View = Callable[..., HttpResponseBase]


def at_the_edge(*parameters: str) -> Callable[[View], View]:
    """Let the edge keep this view's responses. `parameters` are the query parameters that it understands.

    Such a view sees no cookie: its answer is the same for everybody. A request with any other parameter is
    passed through and never kept.
    """

    def mark(view: View) -> View:
        reading = only_read(view)
        reading.edge_parameters = frozenset(parameters)  # type: ignore[attr-defined]
        reading.who_may = "anyone"  # type: ignore[attr-defined]
        return reading

    return mark


def only_read(view: View) -> View:
    """Answer GET and HEAD; say to OPTIONS what there is, and refuse the rest (RFC 9110 §15.5.6)."""

    @wraps(view)
    def reading(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "OPTIONS":
            return HttpResponse(status=204, headers={"Allow": ", ".join(METHODS)})
        if request.method not in METHODS:
            return HttpResponseNotAllowed(METHODS)
        return view(request, *args, **kwargs)

    # What would send something is refused whoever it comes from, and so need not show where from.
    reading.csrf_exempt = True  # type: ignore[attr-defined]
    return reading


def public(response: HttpResponse, *, on: Iterable[str], until: datetime | None = None) -> HttpResponse:
    """Say that `response` depends on these version keys (`communities.versions`) and is true until `until`.

    Browsers may keep it but ask each time (`no-cache`), so that visits are counted and news is seen at once.
    """
    response[DEPENDS] = " ".join(sorted(set(on)))
    if until is not None:
        response[UNTIL] = str(until.timestamp())
    response.setdefault("Cache-Control", "no-cache")
    return response


def counted[R: HttpResponseBase](response: R, opened: Opened) -> R:
    """Have each visit that gets `response` counted as an opening of this page (activity H: the page and the day)."""
    response[COUNTED] = str(opened)
    return response
