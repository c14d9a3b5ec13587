"""Which areas share ground: a street with its quarter, a commune with each of its own, neighbours not."""

import pytest

from perron.communities.overlapping import Where, overlap, where
from tests import making

pytestmark = [pytest.mark.django_db, pytest.mark.once]

LIEGE, HERSTAL = "62063", "62051"


def test_what_lies_within_or_across_shares_ground_and_neighbours_do_not() -> None:
    town = making.community()
    quarter = making.area(town, "quarter", 0)
    inner = {"type": "Polygon", "coordinates": [[[5.01, 50.01], [5.02, 50.01], [5.02, 50.02], [5.01, 50.01]]]}
    street = making.area(town, "street", 0, polygon=inner)
    across = making.area(town, "across", 0.05)
    beside = making.area(town, "beside", 0.1)
    for one, other, expected in (
        (quarter, quarter, True),
        (quarter, street, True),
        (quarter, across, True),
        (street, across, False),
        (quarter, beside, False),
    ):
        assert overlap(one, other) == overlap(other, one) == expected


def test_neighbours_whose_border_was_drawn_twice_share_none() -> None:
    town = making.community()
    east = {"type": "Polygon", "coordinates": [[[5.0999, 50], [5.2, 50], [5.2, 50.1], [5.0999, 50.1], [5.0999, 50]]]}
    assert not overlap(making.area(town, "west", 0), making.area(town, "east", 0, polygon=east))


def test_what_lies_in_a_hole_is_outside() -> None:
    town = making.community()
    hole = [[5.02, 50.02], [5.08, 50.02], [5.08, 50.08], [5.02, 50.08], [5.02, 50.02]]
    inside = [[5.04, 50.04], [5.06, 50.04], [5.06, 50.06], [5.04, 50.04]]
    outer = [[5, 50], [5.1, 50], [5.1, 50.1], [5, 50.1], [5, 50]]
    ring = making.area(town, "ring", 0, polygon={"type": "Polygon", "coordinates": [outer, hole]})
    island = making.area(town, "island", 0, polygon={"type": "Polygon", "coordinates": [inside]})
    assert not overlap(ring, island)


def test_a_commune_shares_ground_with_its_quarters_and_not_with_the_next_commune() -> None:
    town = making.community()
    ring = [[5.5772, 50.6449], [5.5848, 50.6462], [5.5883, 50.6405], [5.5790, 50.6369], [5.5772, 50.6449]]
    outremeuse = making.area(town, "outremeuse", 0, polygon={"type": "Polygon", "coordinates": [ring]})
    liege = making.area(town, "liege", 0, polygon=None, communes_nis=[LIEGE])
    herstal = making.area(town, "herstal", 0, polygon=None, communes_nis=[HERSTAL])
    both = making.area(town, "both", 0, polygon=None, communes_nis=[HERSTAL, LIEGE])
    assert overlap(outremeuse, liege)
    assert overlap(both, liege)
    assert not overlap(outremeuse, herstal)
    assert not overlap(liege, herstal)


def test_it_is_said_of_each_community_that_has_areas() -> None:
    liege, namur, bare = making.community(), making.community("namur"), making.community("bare")
    centre = making.area(liege, "centre", 0)
    making.area(liege, "nord", 0.5)
    making.area(namur, "citadelle", 0.7)
    communities = [liege.pk, namur.pk, bare.pk]
    assert where([centre], communities) == {
        liege.pk: Where(frozenset({"centre"}), frozenset({"centre", "nord"})),
        namur.pk: Where(frozenset(), frozenset({"citadelle"})),
    }
    assert where([], communities) == {}
