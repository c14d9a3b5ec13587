from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from perron.communities import versions
from perron.communities.describing import describe_platform
from perron.communities.founding import found_community, found_platform, show
from perron.privacy.acting import SYSTEM
from tests import making


@pytest.mark.django_db
def test_what_the_api_says_depends_on_all_that_changes_it() -> None:
    """The edge drops an answer when a version moves that the answer named: each of these must move one of them."""
    more: dict[str, Any] = {"partner": making.partner(), "kind": "commune", "names": {"fr": "Huy"}, "by": SYSTEM}
    community = found_community(slug="huy", **more)
    found_platform(by=SYSTEM, partner=making.partner(), slug="front", name="Front", is_front=True)
    other = found_platform(by=SYSTEM, partner=making.partner(), slug="autre", name="Autre")
    deeds: dict[str, Callable[[], object]] = {
        "communities/huy": lambda: show(other, [community], by=SYSTEM),
        "communities/huy?language=nl": lambda: show(other, [], by=SYSTEM),
        "communities": lambda: found_community(slug="amay", **more),
        "items": lambda: found_community(slug="ans", **more),
        "platforms": lambda: found_platform(by=SYSTEM, partner=making.partner(), slug="tiers", name="Tiers"),
        "communities/huy?language=de": lambda: describe_platform(other, by=SYSTEM, is_front=True),
    }
    for path, deed in deeds.items():
        keys = Client().get(f"/api/v1/{path}")["Perron-Depends"].split()
        before = versions.current()
        deed()
        after = versions.current()
        assert [key for key in keys if after.get(key, 0) != before.get(key, 0)], path
