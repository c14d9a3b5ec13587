"""An item as the API answers it, for who is called instead of asking: `delivery` is told by this."""

import json
from typing import Any
from uuid import UUID

from ninja.responses import NinjaJSONEncoder

from perron.reader.api import items, telling
from perron.reader.api.whereabouts import AtHome


def told(item: UUID, language: str) -> dict[str, Any]:
    """Return a public item in a language, as JSON. Raises `NotFound`, or `Gone` for one that was public."""
    answer = telling.item(items.one(item, language), AtHome()).model_dump(by_alias=True)
    told: dict[str, Any] = json.loads(json.dumps(answer, cls=NinjaJSONEncoder))
    return told
