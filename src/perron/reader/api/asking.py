"""What may be asked of the API: each parameter with its form. Whatever does not fit is refused, not guessed."""

import re
from datetime import UTC, datetime
from typing import Annotated, Literal
from uuid import UUID

from ninja import Schema
from pydantic import BeforeValidator, Field

from perron.communities.models import Community
from perron.publishing.kinds.registry import KINDS
from perron.publishing.search.asking import LONGEST

# RFC 3339 §5.6; a space stands where somebody forgot to write "+" as %2B.
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,6})?([Zz]|[-+ ]\d\d:\d\d)", re.ASCII)


def _moment(text: object) -> datetime:
    if not isinstance(text, str) or not _MOMENT.fullmatch(text):
        raise ValueError("write a date and time with its offset, as 2026-12-24T18:30:00Z")
    try:
        return datetime.fromisoformat(text.upper().replace(" ", "+")).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError("there is no such moment") from error


Language = Literal["fr", "nl", "de", "en"]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=50)]
Moment = Annotated[datetime, BeforeValidator(_moment)]
Kind = Literal["news", "event", "alert", "works", "document"]
CommunityKind = Literal["commune", "public_service", "school", "association", "shop"]

_CURSOR = "Where to go on: `next` of the page before, unchanged."

assert set(KINDS) == set(Kind.__args__), "the API knows every kind"  # type: ignore[attr-defined]
assert set(Community.Kind.values) == set(CommunityKind.__args__)  # type: ignore[attr-defined]


class InLanguage(Schema):
    """What every address takes."""

    language: Language | None = Field(
        None, description="The language of the texts. Without it, each community's first. Missing texts fall back."
    )


class Paged(InLanguage):
    """What every list takes."""

    limit: int = Field(20, ge=1, le=100, description="How many to answer with.")


class AskedCommunities(Paged):
    """Which communities."""

    cursor: Slug | None = Field(None, description=_CURSOR)
    platform: Slug | None = Field(None, description="Only those that this platform shows.")
    kind: CommunityKind | None = None
    commune: Annotated[str, Field(pattern=r"^[0-9]{5}$")] | None = Field(
        None, description="NIS code of the commune where it is; codes from before a merger lead to the new commune."
    )
    postal_code: Annotated[str, Field(pattern=r"^[1-9][0-9]{3}$")] | None = Field(
        None, description="Those in the communes where mail with this code goes."
    )


class AskedItems(Paged):
    """Which items."""

    # The moment of publication in microseconds since the year 1, then the identifier: every such text is a place.
    cursor: Annotated[str, Field(pattern=r"^[0-9a-f]{47}$")] | None = Field(None, description=_CURSOR)
    kind: Kind | None = None
    community: Slug | None = None
    platform: Slug | None = Field(None, description="Only of the communities that this platform shows.")
    topic: Slug | None = None
    area: UUID | None = Field(None, description="The `id` of an area.")
    since: Moment | None = Field(
        None, description="Only what was published or changed at or after this moment (RFC 3339)."
    )


class AskedSearch(InLanguage):
    """What is looked for, and where."""

    q: Annotated[str, Field(min_length=1, max_length=LONGEST)] = Field(
        description="Words that must all be there, whole or at their beginning; accents, capitals and punctuation do "
        "not matter."
    )
    community: Slug | None = None
    kind: Kind | None = None
    limit: int = Field(20, ge=1, le=100, description="How many to answer with.")
