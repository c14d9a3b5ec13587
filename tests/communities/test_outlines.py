"""Outlines of communes: all of them, and where points lie among them."""

import pytest

from perron.communities import communes
from perron.communities.outlines import Box, around, on_plane, outlines


def test_every_commune_of_today_has_an_outline_and_lies_in_it() -> None:
    assert {one.nis for one in communes.present()} == set(outlines())
    for commune in communes.present():
        point = on_plane(commune.latitude, commune.longitude)
        assert point is not None
        box = outlines()[commune.nis].box
        assert box.padded(8).meets(Box(point[0], point[1], point[0], point[1])), commune.nis


@pytest.mark.parametrize("point", [(48.86, 2.35), (0.0, 0.0), (50.5, 7.0), (None, None), (50.6, None)])
def test_what_is_not_in_belgium_has_no_place(point: tuple[float | None, float | None]) -> None:
    assert on_plane(*point) is None


def test_north_is_up_and_east_is_right() -> None:
    ostend, arlon = on_plane(51.22, 2.91), on_plane(49.68, 5.81)
    assert ostend is not None
    assert arlon is not None
    assert ostend[0] < arlon[0]
    assert ostend[1] < arlon[1]


def test_a_box_holds_what_it_is_around() -> None:
    box = around([Box(0, 0, 1, 1), Box(5, -2, 6, 0)])
    assert (box.left, box.top, box.right, box.bottom, box.width, box.height) == (0, -2, 6, 1, 6, 3)
