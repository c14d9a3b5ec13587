"""A town of Django views, from well-behaved to careless, for the edge to stand in front of.

Its news is in memory, so that a test can release without a database.
"""

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import path

from perron.communities.access import anyone
from perron.core.clock import now
from perron.reader.public import at_the_edge, counted, public
from perron.statistics.counting import Opened

LONG = " and more" * 40


class News:
    """What the town has to say, and how often each view was asked to say it."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {"one": "first", "two": "second"}
        self.versions: dict[str, int] = {}
        self.rendered = 0
        self._counting = threading.Lock()
        self.before_reading: list[Any] = []

    def release(self, name: str, text: str) -> None:
        self.texts[name] = text
        self.versions[name] = self.versions.get(name, 0) + 1

    def read_versions(self) -> dict[str, int]:
        return dict(self.versions)

    def render(self, *names: str) -> str:
        with self._counting:
            self.rendered += 1
        said = "|".join(self.texts[name] for name in names)
        for interruption in self.before_reading:
            interruption()
        return said


news = News()


@at_the_edge("view")
def page(request: HttpRequest, name: str) -> HttpResponse:
    if name not in news.texts:
        raise Http404
    text = news.render(name) + request.GET.get("view", "")
    return public(HttpResponse(text + LONG), on=[name])


@at_the_edge()
def counted_page(_request: HttpRequest) -> HttpResponse:
    return counted(public(HttpResponse(news.render("one") + LONG), on=["one"]), Opened(UUID(int=1), None, "counted"))


@at_the_edge()
def both(_request: HttpRequest) -> HttpResponse:
    return public(HttpResponse(news.render("one", "two") + LONG), on=["one", "two"])


@at_the_edge()
def hour(_request: HttpRequest) -> HttpResponse:
    moment = now()
    ends = moment.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return public(HttpResponse(f"{moment:%H} {news.render('one')}{LONG}"), on=["one"], until=ends)


@at_the_edge()
def dated(_request: HttpRequest) -> HttpResponse:
    response = public(HttpResponse(news.render("one") + LONG), on=["one"])
    response["Last-Modified"] = "Mon, 23 Nov 2026 10:00:00 GMT"
    return response


@at_the_edge()
def curious(request: HttpRequest) -> HttpResponse:
    """Tells everything about who asks; nothing of it may arrive here."""
    seen = sorted(f"{name}={value}" for name, value in request.META.items() if isinstance(value, str))
    return public(HttpResponse("\n".join([*seen, str(request.user), str(request.COOKIES)])), on=["one"])


@at_the_edge()
def careless(_request: HttpRequest, how: str) -> HttpResponseBase:
    """Went through `public`, and yet is not for everybody."""
    response = public(HttpResponse(news.render("one")), on=["one"])
    if how == "cookie":
        response.set_cookie("visitor", "4711")
    elif how == "private":
        response["Cache-Control"] = "private"
    elif how == "no-store":
        response["Cache-Control"] = "max-age=0, No-Store"
    elif how == "varying":
        response["Vary"] = "Accept-Language"
    elif how == "refusal":
        response.status_code = 403
        response.set_cookie("visitor", "4711")
    elif how == "created":
        response.status_code = 201
    elif how == "large":
        response.content = b"x" * 2_000_001
    elif how == "over":
        response = public(HttpResponse(news.render("one")), on=["one"], until=now())
    return response


@at_the_edge()
def streamed(_request: HttpRequest) -> StreamingHttpResponse:
    def chunks() -> Iterator[bytes]:
        yield news.render("one").encode()
        yield b", in parts"

    return StreamingHttpResponse(chunks())


@at_the_edge()
def forgotten(_request: HttpRequest) -> HttpResponse:
    """Marked, but did not go through `public`."""
    return HttpResponse(news.render("one"))


@at_the_edge()
def failing(_request: HttpRequest) -> HttpResponse:
    news.render("one")
    raise RuntimeError("The view is broken.")


@at_the_edge()
def elsewhere(_request: HttpRequest) -> HttpResponse:
    return redirect("/page/one/")


@anyone
def unmarked(_request: HttpRequest) -> HttpResponse:
    """Went through `public`, but its view is not marked."""
    return public(HttpResponse(news.render("one")), on=["one"])


@anyone
def greeting(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"Good morning, {request.COOKIES.get('name', 'stranger')} {news.render('one')}")


urlpatterns = [
    path("page/<str:name>/", page),
    path("counted/", counted_page),
    path("both/", both),
    path("hour/", hour),
    path("dated/", dated),
    path("curious/", curious),
    path("careless/<str:how>/", careless),
    path("streamed/", streamed),
    path("forgotten/", forgotten),
    path("failing/", failing),
    path("elsewhere/", elsewhere),
    path("unmarked/", unmarked),
    path("studio/", greeting),
]
