"""What search engines may find: the sitemap (sitemaps.org 0.9, with alternate languages) and robots.txt (RFC 9309).

Each community is listed once, on the platform where it is at home, after that platform's own pages. Fictional ones
are not listed.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db.models import Count, Max, Min, Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from lxml import etree

from perron.communities import versions
from perron.communities.hosting import address_of, home, platform_of
from perron.communities.models import Community, Platform
from perron.outreach.newsletter.joining import takes_readers
from perron.privacy.policy.current import policy
from perron.publishing.models import Item, Text
from perron.reader.finding import communities_of
from perron.reader.framing import any_fictional
from perron.reader.public import at_the_edge, public

# An item has an address in each of at most four languages: well under the 50,000 that one file may hold.
ITEMS_PER_FILE = 2_500
MEDIA_TYPE = "application/xml; charset=utf-8"
_MAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_XHTML = "http://www.w3.org/1999/xhtml"
# Sign-in and staff, programs, and every choice in an address.
_CLOSED = ("/account/", "/studio/", "/desk/", "/api/", "/*?")


@at_the_edge()
def index(request: HttpRequest) -> HttpResponse:
    """List the files of the platform's communities, and when something in each changed."""
    platform = platform_of(request)
    root = etree.Element(f"{{{_MAP}}}sitemapindex", nsmap={None: _MAP})  # type: ignore[dict-item]
    communities = _at_home(platform)
    counted = _counted(communities)
    _add(etree.SubElement(root, f"{{{_MAP}}}sitemap"), "loc", f"{address_of(platform)}/sitemap-pages.xml")
    for community in communities:
        count, changed_at = counted.get(community.pk, (0, None))
        for number in range(1, _files(count) + 1):
            entry = etree.SubElement(root, f"{{{_MAP}}}sitemap")
            _add(entry, "loc", f"{address_of(platform)}/sitemap-{community.slug}-{number}.xml")
            _add(entry, "lastmod", _moment(changed_at))
    return _answer(root, platform, communities)


@at_the_edge()
def own_pages(request: HttpRequest) -> HttpResponse:
    """List the pages that are no community's: today, unless it shows fiction, and the operator's."""
    platform = platform_of(request)
    communities = communities_of(platform)
    root = etree.Element(f"{{{_MAP}}}urlset", nsmap={None: _MAP, "xhtml": _XHTML})  # type: ignore[dict-item]
    today = [] if any_fictional(communities) else [""]
    contact = ["contact/"] if policy().does("B") else []
    newsletter = ["newsletter/"] if platform.is_front and takes_readers() else []
    for page in (*today, "about/", *contact, *newsletter, "privacy/", "cookies/", "accessibility/"):
        _add_page(root, f"{address_of(platform)}/%s/{page}", platform.languages, None)
    return _answer(root, platform, communities)


@at_the_edge()
def pages(request: HttpRequest, community: str, number: int) -> HttpResponse:
    """List one file's share of a community's pages in each of their languages; the first has its own page too."""
    platform = platform_of(request)
    found = next((each for each in _at_home(platform) if each.slug == community), None)
    if found is None or not 1 <= number <= _files(_counted([found]).get(found.pk, (0, None))[0]):
        raise Http404
    root = etree.Element(f"{{{_MAP}}}urlset", nsmap={None: _MAP, "xhtml": _XHTML})  # type: ignore[dict-item]
    start = f"{address_of(platform)}/%s/{found.slug}/"
    if number == 1:
        _add_page(root, start, found.languages, None)
    for slug, languages, changed_at in _share(found, number):
        _add_page(root, f"{start}{slug}/", languages, changed_at)
    return _answer(root, platform, [found])


@at_the_edge()
def robots(request: HttpRequest) -> HttpResponse:
    """Say what is not for crawlers, and where the sitemaps of this host's platforms are."""
    here = platform_of(request)
    closed = [f"Disallow: {prefix}{path}" for prefix in ("", "/p/*") for path in _CLOSED]
    platforms = [here] if here.host else [here, *Platform.objects.filter(host="").exclude(pk=here.pk).order_by("slug")]
    maps = [f"Sitemap: {address_of(platform)}/sitemap.xml" for platform in platforms]
    lines = ["User-agent: *", *closed, "", *maps, ""]
    response = HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
    return public(response, on=map(versions.of_platform, platforms))


def _at_home(platform: Platform) -> list[Community]:
    shown = Community.objects.filter(platforms=platform, fictional=False).order_by("slug")
    return [community for community in shown.prefetch_related("platforms") if home(community) == platform]


def _counted(communities: Iterable[Community]) -> dict[object, tuple[int, datetime | None]]:
    counts = (
        Item.objects.released()
        .filter(community__in=list(communities))
        .values("community")
        .annotate(count=Count("pk"), changed=Max("changed_at"))
    )
    return {row["community"]: (row["count"], row["changed"]) for row in counts}


def _files(count: int) -> int:
    return max(1, -(-count // ITEMS_PER_FILE))


def _share(community: Community, number: int) -> Iterator[tuple[str, list[str], datetime | None]]:
    """Yield address, languages and last change of the items of one file; the oldest first, so that files fill up."""
    first = (number - 1) * ITEMS_PER_FILE
    items = (
        Item.objects.released().filter(community=community).order_by("published_at", "pk").only("slug", "changed_at")
    )
    for item in items.prefetch_related(Prefetch("texts", Text.objects.only("item", "language")))[
        first : first + ITEMS_PER_FILE
    ]:
        yield item.slug, [text.language for text in item.texts.all()], item.changed_at


def _add_page(root: etree._Element, address: str, languages: Iterable[str], changed_at: datetime | None) -> None:
    languages = list(languages)
    for language in languages:
        entry = etree.SubElement(root, f"{{{_MAP}}}url")
        _add(entry, "loc", address % language)
        _add(entry, "lastmod", _moment(changed_at))
        for other in languages if len(languages) > 1 else ():
            attributes = {"rel": "alternate", "hreflang": other, "href": address % other}
            etree.SubElement(entry, f"{{{_XHTML}}}link", attributes)


def _add(parent: etree._Element, name: str, text: str) -> None:
    if text:
        etree.SubElement(parent, f"{{{_MAP}}}{name}").text = text


def _moment(moment: datetime | None) -> str:
    return moment.isoformat(timespec="seconds") if moment else ""


def _answer(root: etree._Element, platform: Platform, communities: Iterable[Community]) -> HttpResponse:
    content = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    communities = list(communities)
    keys = [versions.of_platform(platform), *map(versions.of_community, communities)]
    ends = Item.objects.released().filter(community__in=communities).aggregate(first=Min("expires_at"))["first"]
    return public(HttpResponse(content, content_type=MEDIA_TYPE), on=keys, until=ends)
