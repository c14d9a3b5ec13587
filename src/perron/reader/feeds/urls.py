"""The feeds of a community, and of a community with a topic, in each language; without one, in its first."""

from django.urls import URLPattern, path

from perron.reader.feeds import views

_FORMATS = {
    "feed.rss": views.feed_rss,
    "feed.atom": views.feed_atom,
    "feed.json": views.feed_json,
    "agenda.ics": views.agenda_ics,
    "alerts.cap": views.alerts_cap,
}
_PLACES = {
    "": "<slug:community>/",
    "-in": "<language:language>/<slug:community>/",
    "-of-topic": "<slug:community>/topics/<slug:topic>/",
    "-of-topic-in": "<language:language>/<slug:community>/topics/<slug:topic>/",
}

urlpatterns: list[URLPattern] = [
    *(
        path(f"{place}{name}", view, name=f"{name}{suffix}")
        for suffix, place in _PLACES.items()
        for name, view in _FORMATS.items()
    ),
    path("<slug:community>/alerts/<slug:identifier>.cap", views.message, name="alert-message"),
]
