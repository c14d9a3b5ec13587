"""Where the public finds things. Paths begin with the script prefix (`/p/{platform}` for platforms by path).

The residents' pages (`reader`) answer at these addresses; a test compares the two.
"""

from urllib.parse import quote

from django.conf import settings
from django.urls import get_script_prefix


def community_path(community_slug: str, language: str, rest: str = "") -> str:
    """Return the path of a community's page, or of what lies below it (`rest`, for example "feed.rss")."""
    return f"{get_script_prefix()}{language}/{community_slug}/{rest}"


def item_path(community_slug: str, item_slug: str, language: str) -> str:
    """Return the path of an item's page."""
    return community_path(community_slug, language, f"{item_slug}/")


def image_path(image_id: object, width: int) -> str:
    """Return the path of one width of an image; its bytes never change."""
    return f"/media/images/{image_id}/{width}.webp"


def attachment_path(attachment_id: object, name: str) -> str:
    """Return the path of an attached file; its bytes never change."""
    return f"/media/attachments/{attachment_id}/{quote(name)}"


def review_path(community_slug: str, item_id: object) -> str:
    """Return the path of the staff's page on which an item is read before its release."""
    return f"/studio/{community_slug}/items/{item_id}/review/"


def absolute(path: str) -> str:
    """Return the address that does not depend on who asks: the installation's own origin and `path`."""
    return f"{settings.PERRON_ORIGIN}{path}"
