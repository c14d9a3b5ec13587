"""The API's addresses. Each answer is the same for everybody and, but for that of a search, is kept at the edge."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI, Path, Query

from perron.communities import communes, versions
from perron.communities.models import Area, Community, Place, Platform, Topic
from perron.core.clock import next_midnight
from perron.core.errors import NotFound
from perron.reader.api import answering, items, places, telling
from perron.reader.api.asking import AskedCommunities, AskedItems, AskedSearch, InLanguage, Slug
from perron.reader.api.problems import Problem, handle
from perron.reader.api.whereabouts import Whereabouts
from perron.reader.public import public

api = NinjaAPI(
    title="Perron",
    version=settings.PERRON_BUILD,
    description="What communities publish, for other programs: news, events, alerts, works and documents. Reading "
    "needs no key. Answers carry an ETag; ask again with If-None-Match.",
    openapi_url=None,
    docs_url=None,
    urls_namespace="api",
)
handle(api)

_LISTED: Any = {422: Problem}
_NAMED: Any = {404: Problem, 422: Problem}


@api.get("platforms", response={200: answering.Platforms, **_LISTED}, operation_id="platforms", url_name="platforms",
         summary="All platforms")  # fmt: skip
def platforms(request: HttpRequest, response: HttpResponse) -> answering.Platforms:
    """The branded apps of this installation, by name."""
    here = Whereabouts(request)
    shown: dict[UUID, list[str]] = {}
    for place in Place.objects.select_related("community"):
        shown.setdefault(place.platform_id, []).append(place.community.slug)
    found = list(Platform.objects.order_by("name", "slug"))
    _keep(response, on=[*map(versions.of_platform, found), *_every_community()])
    return answering.Platforms(items=[telling.platform(each, shown.get(each.pk, []), here) for each in found],
                               next=None)  # fmt: skip


@api.get("communities", response={200: answering.Communities, **_LISTED}, operation_id="communities",
         url_name="communities", summary="Communities")  # fmt: skip
def communities(request: HttpRequest, response: HttpResponse, asked: Query[AskedCommunities]) -> answering.Communities:
    """The communities that publish here, in the order of their addresses."""
    here = Whereabouts(request)
    found = Community.objects.filter(_communities(asked))
    if asked.cursor:
        found = found.filter(slug__gt=asked.cursor)
    rows = list(found.order_by("slug").prefetch_related("platforms")[: asked.limit + 1])
    cursor = rows[asked.limit - 1].slug if len(rows) > asked.limit else None
    _lead_on(request, response, cursor)
    _keep(response, on=_everything())
    return answering.Communities(
        items=[telling.community(each, asked.language, here) for each in rows[: asked.limit]], next=cursor
    )


@api.get("communities/{slug}", response={200: answering.Community, **_NAMED}, operation_id="community",
         url_name="community", summary="One community")  # fmt: skip
def community(
    request: HttpRequest, response: HttpResponse, slug: Path[Slug], asked: Query[InLanguage]
) -> answering.Community:
    """Who a community is, where, when it is open, and its feeds."""
    found = Community.objects.prefetch_related("platforms").filter(slug=slug).first()
    if found is None:
        raise NotFound("There is no community with this address.")
    told = telling.community(found, asked.language, Whereabouts(request))
    _keep(response, on=[versions.of_community(found), *map(versions.of_platform, found.platforms.all())])
    response["Content-Language"] = told.language
    return told


@api.get("communities/{slug}/items.geojson", response={200: dict[str, Any], **_NAMED}, operation_id="community_places",
         url_name="community_places", summary="Where its events and works are, as GeoJSON")  # fmt: skip
def community_places(request: HttpRequest, slug: Path[Slug], asked: Query[InLanguage]) -> HttpResponse:
    """The events of the next six weeks and the works that a community shows, as a GeoJSON FeatureCollection (RFC 7946),
    application/geo+json. What has neither a point nor an outline has no geometry."""
    found = Community.objects.prefetch_related("platforms").filter(slug=slug).first()
    if found is None:
        raise NotFound("There is no community with this address.")
    language = asked.language or found.languages[0]
    told = {"type": "FeatureCollection", "features": places.features(found, language, Whereabouts(request))}
    response = JsonResponse(told, json_dumps_params={"ensure_ascii": False}, content_type="application/geo+json")
    _keep(response, on=[versions.of_community(found), *map(versions.of_platform, found.platforms.all())],
          until=next_midnight())  # fmt: skip
    response["Content-Language"] = language
    return response


@api.get("topics", response={200: answering.Topics, **_LISTED}, operation_id="topics", url_name="topics",
         summary="All topics")  # fmt: skip
def topics(request: HttpRequest, response: HttpResponse, asked: Query[InLanguage]) -> answering.Topics:  # noqa: ARG001
    """What items can be about; one list for the whole installation."""
    language = asked.language or settings.LANGUAGE_CODE
    _keep(response, on=_everything())
    response["Content-Language"] = language
    return answering.Topics(items=[telling.topic(each, language) for each in Topic.objects.all()], next=None)


@api.get("items", response={200: answering.Items, **_LISTED}, operation_id="items", url_name="items",
         summary="Items")  # fmt: skip
def list_items(request: HttpRequest, response: HttpResponse, asked: Query[AskedItems]) -> answering.Items:
    """What is public now, the newest first. Pages stay stable while things are released."""
    told, cursor = items.page(asked)
    here = Whereabouts(request)
    _lead_on(request, response, cursor)
    known = Community.objects.filter(slug=asked.community).first() if asked.community else None
    _keep(response, on=[versions.of_community(known)] if known else _everything(), until=items.true_until(told))
    if languages := sorted({each.story.language for each in told}):
        response["Content-Language"] = ", ".join(languages)
    return answering.Items(items=[telling.item(each, here) for each in told], next=cursor)


@api.get("search", response={200: answering.Items, **_LISTED}, operation_id="search", url_name="search",
         summary="Items by their words")  # fmt: skip
def search_items(request: HttpRequest, response: HttpResponse, asked: Query[AskedSearch]) -> answering.Items:
    """What is public now and has all of the words: in a title first, then anywhere, in attached files too; of each the
    newest first. There is one page: whoever finds too much adds a word. Nobody keeps the answer."""
    told = items.found(asked)
    here = Whereabouts(request)
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    if languages := sorted({each.story.language for each in told}):
        response["Content-Language"] = ", ".join(languages)
    return answering.Items(items=[telling.item(each, here) for each in told], next=None)


@api.get("items/{uuid:id}", response={200: answering.Item, **_NAMED, 410: Problem}, operation_id="item",
         url_name="item", summary="One item")  # fmt: skip
def item(
    request: HttpRequest,
    response: HttpResponse,
    id: Path[UUID],  # noqa: A002 the name that callers see
    asked: Query[InLanguage],
) -> answering.Item:
    """An item with all that its page shows. One that was public answers 410."""
    told = items.one(id, asked.language)
    _keep(response, on=[versions.of_community(told.story.community)], until=items.true_until([told]))
    response["Content-Language"] = told.story.language
    return telling.item(told, Whereabouts(request))


@api.get("areas/{uuid:id}", response={200: dict[str, Any], **_NAMED}, operation_id="area", url_name="area",
         summary="One area as GeoJSON")  # fmt: skip
def area(request: HttpRequest, id: Path[UUID]) -> HttpResponse:  # noqa: A002 the name that callers see
    """An area as a GeoJSON Feature (RFC 7946), application/geo+json."""
    found = Area.objects.select_related("community").prefetch_related("community__platforms").filter(pk=id).first()
    if found is None:
        raise NotFound("There is no area with this identifier.")
    response = JsonResponse(telling.feature(found, Whereabouts(request)), json_dumps_params={"ensure_ascii": False},
                            content_type="application/geo+json")  # fmt: skip
    _keep(response, on=[versions.of_community(found.community_id)])
    return response


def _communities(asked: AskedCommunities) -> Q:
    wanted = Q()
    if asked.kind:
        wanted &= Q(kind=asked.kind)
    if asked.platform:
        wanted &= Q(platforms__slug=asked.platform)
    if asked.commune:
        commune = communes.by_nis(asked.commune)
        wanted &= Q(commune_nis=commune.nis if commune else asked.commune)
    if asked.postal_code:
        there = [commune.nis for commune in communes.by_postal_code(asked.postal_code)]
        wanted &= Q(commune_nis__in=there) | Q(postal_code=asked.postal_code)
    return wanted


def _lead_on(request: HttpRequest, response: HttpResponse, cursor: str | None) -> None:
    """Name the next page in a header too (RFC 8288)."""
    if cursor:
        query = urlencode(request.GET.dict() | {"cursor": cursor})
        response["Link"] = f'<{request.build_absolute_uri(request.path)}?{query}>; rel="next"'


def _keep(response: HttpResponse, *, on: list[str], until: Any = None) -> None:
    public(response, on=on, until=until)


def _everything() -> list[str]:
    return [*_every_community(), *map(versions.of_platform, Platform.objects.only("pk"))]


def _every_community() -> list[str]:
    return [versions.of_community(pk) for pk in Community.objects.values_list("pk", flat=True)]
