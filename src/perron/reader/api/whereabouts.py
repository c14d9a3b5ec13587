"""Absolute addresses, as whoever asked reaches this installation, or as anybody does."""

from functools import cached_property
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest

from perron.communities.hosting import address_of, home, platform_of
from perron.communities.models import Community, Place, Platform


class AtHome:
    """Makes lasting addresses: pages on the platform where their community is at home."""

    origin: str = settings.PERRON_ORIGIN

    def absolute(self, path: str) -> str:
        """Return `path` with scheme and host."""
        return f"{self.origin}{path}"

    def page(self, community: Community, rest: str, language: str) -> str:
        """Return the address of a community's page in a language, or of what lies below it (`rest`); see `root_of`."""
        return f"{self.root_of(community)}/{language}/{community.slug}/{rest}"

    def root_of(self, community: Community) -> str:
        """Return the address, without a slash at its end, of the platform that shows a community."""
        platform = home(community)
        return address_of(platform) if platform else self.origin


class Whereabouts(AtHome):
    """Makes addresses under the host of a request: pages on the platform that was asked, if it shows them."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self.origin = f"{request.scheme}://{request.get_host()}"

    @cached_property
    def platform(self) -> Platform:
        """The platform that was asked."""
        return platform_of(self._request)

    @cached_property
    def _shown(self) -> set[UUID]:
        return set(Place.objects.filter(platform=self.platform).values_list("community_id", flat=True))

    def root(self, platform: Platform) -> str:
        """Return the address of a platform's first page, without a slash at its end."""
        if platform == self.platform:
            return self.origin + str(self._request.META.get("SCRIPT_NAME", ""))
        return f"{self.origin}/p/{platform.slug}"

    def root_of(self, community: Community) -> str:
        """Return `root` of the platform that shows a community.

        Reads `community.platforms`, which lists prefetch, where the platform that was asked does not show it.
        """
        platform = self.platform
        if not platform.is_front and community.pk not in self._shown:
            platform = home(community) or platform
        return self.root(platform)
