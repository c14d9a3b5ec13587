"""The sources of a community: how each stands, what changed last, and what can be done about it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from perron.accounts.models import Person
from perron.communities.access import powers, requires
from perron.communities.models import Community
from perron.communities.permissions import IMPORT
from perron.core.errors import NotFound, PerronError
from perron.privacy.acting import Actor
from perron.publishing.models import Connection, Item, Origin
from perron.publishing.sources import connecting
from perron.publishing.sources.health import Health, health
from perron.publishing.sources.mapping import Paths
from perron.publishing.sources.polling import poll
from perron.studio.connecting import ChoiceForm, PathsForm
from perron.studio.items import rows

_FEW = 8
# By how much somebody is wanted.
_ORDER = ("held", "gone", "failing", "stale", "new", "paused", "well")


@dataclass(frozen=True)
class Standing:
    """A connection and how it stands."""

    connection: Connection
    health: Health


def standings(community: Community) -> list[Standing]:
    """Return the community's sources, those first that want somebody most; in one query."""
    connections = Connection.objects.filter(source__community=community).select_related("source__community")
    found = [Standing(connection, health(connection)) for connection in connections.defer("taken", "notes")]
    return sorted(found, key=lambda each: (_ORDER.index(each.health.state), str(each.connection).casefold()))


def troubled(found: Iterable[Standing]) -> list[Standing]:
    """Return those that the first screen tells of."""
    return [each for each in found if each.health.state in {"held", "gone", "failing", "stale"}]


@requires(IMPORT)
def listing(request: HttpRequest, community: Community) -> HttpResponse:
    """List the sources."""
    context = {
        "community": community,
        "powers": powers(request.user, community),
        "standings": standings(community),
    }
    return render(request, "studio/sources.html", context)


@requires(IMPORT)
def one(request: HttpRequest, community: Community, source: UUID) -> HttpResponse:
    """Show one source, and do what its buttons say."""
    connection = _find(community, source)
    refusal, status = "", 200
    choice = ChoiceForm(initial=_chosen(connection))
    paths = PathsForm(initial=connection.mapping) if connection.mapping else None
    if request.method == "POST":
        assert isinstance(request.user, Person)
        try:
            if request.POST.get("deed") == "change":
                choice = ChoiceForm(request.POST)
                paths = PathsForm(request.POST) if connection.mapping else None
                if choice.is_valid() and (paths is None or paths.is_valid()):
                    chosen = choice.chosen(paths.paths() if paths else Paths())
                    connecting.change(connection, chosen, by=request.user.actor)
                    messages.success(request, _("Saved. The source is read anew within a minute."))
                    return redirect("studio:source", community.slug, source)
                status = 422
            else:
                messages.success(request, _do(request.POST.get("deed", ""), connection, request.user.actor))
                return redirect("studio:source", community.slug, source)
        except PerronError as error:
            refusal, status = error.message, error.status
            connection = _find(community, source)
    context = {
        "community": community,
        "powers": powers(request.user, community),
        "connection": connection,
        "health": health(connection),
        "refusal": refusal,
        "form": choice,
        "paths": paths,
        "rows": rows(_items(connection)[:_FEW]),
    }
    return render(request, "studio/source.html", context, status=status)


@requires(IMPORT)
def disconnect(request: HttpRequest, community: Community, source: UUID) -> HttpResponse:
    """Ask, then end the connection."""
    connection = _find(community, source)
    if request.method == "POST":
        assert isinstance(request.user, Person)
        connecting.disconnect(connection, by=request.user.actor)
        messages.success(request, _("Disconnected. Its items stay."))
        return redirect("studio:sources", community.slug)
    context = {"community": community, "powers": powers(request.user, community), "connection": connection}
    return render(request, "studio/disconnect.html", context)


def _do(deed: str, connection: Connection, by: Actor) -> str:
    """Do what a button says, and return the sentence about it."""
    if deed == "poll":
        poll(connection)
        return _("Read just now.")
    if deed == "pause":
        connecting.pause(connection, by=by)
        return _("Paused.")
    if deed == "resume":
        connecting.resume(connection, by=by)
        return _("Resumed. It is read within a minute.")
    if deed in {"withdraw", "keep"}:
        number = connecting.answer_loss(connection, withdraw=deed == "withdraw", by=by)
        if deed == "keep":
            return _("They stay public here.")
        return ngettext("%(n)d item was withdrawn.", "%(n)d items were withdrawn.", number) % {"n": number}
    raise NotFound(_("There is no such thing to do."))


def _find(community: Community, key: UUID) -> Connection:
    found = Connection.objects.filter(source__community=community, pk=key).select_related("source__community").first()
    if found is None:
        raise NotFound(_("This source is not connected any more."))
    found.source.community = community
    return found


def _items(connection: Connection) -> Any:
    source = connection.source
    origins = Origin.objects.filter(community=source.community_id, source=source.address)
    return Item.objects.filter(pk__in=origins.values("pk")).order_by(F("published_at").desc(nulls_first=True), "-id")


def _chosen(connection: Connection) -> dict[str, str]:
    return {
        "release": "released" if connection.release else "drafts",
        "vanishing": connection.vanishing,
        "name": connection.source.name,
        "licence": connection.licence,
    }
