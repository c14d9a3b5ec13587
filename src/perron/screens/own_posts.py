"""Public forms that need no cookie: what another site posts is refused by what browsers say of where it comes from."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from perron.core.errors import NotAllowed

type View = Callable[..., HttpResponseBase]

_SAFE = {"GET", "HEAD", "OPTIONS"}
_OWN = {"same-origin", "none"}


def own_posts(view: View) -> View:
    """Have `view` take posts of our own pages only, without the cookie that Django's check would set.

    Put it outermost, around the decorator that says who may.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method not in _SAFE and is_foreign(request):
            raise NotAllowed(_("This form was sent from another site. Open it here, and send it again."))
        return view(request, *args, **kwargs)

    return csrf_exempt(guarded)


def is_foreign(request: HttpRequest) -> bool:
    """Say whether a browser states that another origin sent this (Fetch Metadata; RFC 6454 §7).

    All browsers of today state it in `Sec-Fetch-Site`, those before 2023 in `Origin`. Who states neither is a program
    that acts for itself: no visitor's cookies travel with it.
    """
    if site := request.headers.get("Sec-Fetch-Site"):
        return site not in _OWN
    origin = request.headers.get("Origin")
    return origin is not None and urlsplit(origin).netloc != request.get_host()
