"""When two items tell the same story, so that whoever follows both sources reads it once, with both named.

It must be certain: what is hidden was perhaps something else. So nothing is guessed from likeness; a story has keys,
and only equal keys mean the same.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import timedelta
from hashlib import sha256
from urllib.parse import parse_qsl, urlencode, urlsplit

from perron.core.text import normalise
from perron.publishing.presenting import Story

# Stories under the same words, but without a date of their own, are the same if they were published this near.
NEAR = timedelta(hours=48)
# What begins a key: whether it is the same for good, or only if published `NEAR`.
FOR_GOOD, IF_NEAR = "=", "~"


def keys(stories: Iterable[tuple[Story, str, str, str]]) -> list[tuple[str, ...]]:
    """Return the keys of each story, given with its origin's source, identifier and link ("" for none), in order.

    A key that two stories of one community and source share tells nothing (a weekly menu, a feed in which all entries
    lead to one page): none of them has it.
    """
    rows = [(story.community.pk, source, _keys(story, identifier, link)) for story, source, identifier, link in stories]
    times = Counter((community, source, key) for community, source, found in rows for key in found)
    return [tuple(key for key in found if times[community, source, key] == 1) for community, source, found in rows]


def are_near(one: Story, other: Story) -> bool:
    """Say whether two stories were published near enough for a key that is good only then."""
    return abs(one.published_at - other.published_at) <= NEAR


def _keys(story: Story, identifier: str, link: str) -> list[str]:
    if story.kind == "alert":
        # An alert is the same only if it is the same message (CAP 1.2 §3.2.1): two towns may lose water in like words.
        return [_key(FOR_GOOD, "message", identifier)] if identifier else []
    found = [_key(FOR_GOOD, "link", story.kind, page)] if (page := _page(link)) else []
    title = normalise(story.title)
    if story.kind == "event":
        if story.details and (place := normalise(story.details.place)):
            found.append(_key(FOR_GOOD, "event", title, story.details.starts_at.isoformat(), place))
    elif summary := normalise(story.summary):
        found.append(_key(IF_NEAR, story.kind, title, summary, *_particulars(story)))
    return found


def _particulars(story: Story) -> Sequence[str]:
    """What else must agree: where and when works are, which file a document is about."""
    if story.kind == "works" and story.details:
        return normalise(story.details.place), str(story.details.starts_on), str(story.details.ends_on)
    if story.kind == "document" and story.details:
        return story.details.type, normalise(story.details.reference), str(story.details.deadline)
    return ()


def _page(link: str) -> str:
    """Return a link without what does not choose the page; "" for one that leads to a whole website."""
    try:
        parts = urlsplit(link)
    except ValueError:
        return ""
    query = urlencode([(name, value) for name, value in parse_qsl(parts.query) if not name.startswith("utm_")])
    path = parts.path.rstrip("/")
    return f"{parts.netloc.lower()}{path}?{query}" if parts.netloc and (path or query) else ""


def _key(begins: str, *parts: str) -> str:
    return begins + sha256("\n".join(parts).encode()).hexdigest()[:16]
