"""The addresses of a community's feeds. Each is the same for everybody, and kept at the edge."""

from collections.abc import Callable, Iterable
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import translation
from django.utils.cache import patch_cache_control

from perron.core.clock import next_midnight
from perron.publishing.kinds.alert import cap
from perron.publishing.models import AlertMessage
from perron.publishing.presenting import Story
from perron.reader.feeds import agenda, alerts, atom, json_feed, rss
from perron.reader.feeds.channel import Channel, newest, true_until, tune_in
from perron.reader.public import View, at_the_edge, public
from perron.reader.sharing import for_programs

_YEAR = 365 * 24 * 3600


def _feed[Made](
    media_type: str,
    read: Callable[[Channel], Iterable[Made]],
    write: Callable[[Channel, list[Made]], str | bytes],
    until: Callable[[list[Made]], datetime | None],
) -> View:
    @for_programs
    @at_the_edge()
    def view(request: HttpRequest, community: str, language: str = "", topic: str = "") -> HttpResponse:
        channel = tune_in(request, community, language, topic)
        with translation.override(channel.language):
            made = list(read(channel))
            response = HttpResponse(write(channel, made), content_type=media_type)
        response["Content-Language"] = channel.language
        if channel.community.fictional:
            response["X-Robots-Tag"] = "noindex"
        return public(response, on=channel.depends, until=until(made))

    return view


def _or_midnight(stories: list[Story]) -> datetime:
    """The window of the agenda moves each day."""
    return min(filter(None, (true_until(stories), next_midnight())))


feed_rss = _feed(rss.MEDIA_TYPE, newest, rss.write, true_until)
feed_atom = _feed(atom.MEDIA_TYPE, newest, atom.write, true_until)
feed_json = _feed(json_feed.MEDIA_TYPE, newest, json_feed.write, true_until)
agenda_ics = _feed(agenda.MEDIA_TYPE, agenda.upcoming, agenda.write, _or_midnight)
alerts_cap = _feed(alerts.MEDIA_TYPE, alerts.sent, alerts.write, lambda _messages: None)


@for_programs
@at_the_edge()
def message(request: HttpRequest, community: str, identifier: str) -> HttpResponse:
    """Answer one CAP message as it was sent; it never changes."""
    channel = tune_in(request, community, messages__identifier=identifier)
    found = get_object_or_404(AlertMessage, community=channel.community, identifier=identifier)
    response = HttpResponse(found.xml, content_type=cap.MEDIA_TYPE)
    patch_cache_control(response, public=True, max_age=_YEAR, immutable=True)
    return public(response, on=channel.depends)
