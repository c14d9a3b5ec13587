from io import BytesIO

import pytest
from PIL import Image

from perron.core.images import render
from perron.project.demo.scenes import SCENES, paint

pytestmark = pytest.mark.once


@pytest.mark.parametrize("scene", SCENES)
def test_a_scene_is_a_picture_of_many_colours_that_stays_small(scene: str) -> None:
    drawn = paint(scene, seed="liege")
    picture = Image.open(BytesIO(drawn))
    assert picture.size == (1280, 800)
    colours = picture.resize((64, 40)).quantize(32).convert("RGB").getcolors(32)
    assert colours
    assert len(colours) >= 8
    rendered = render(BytesIO(drawn))
    assert len(rendered.renditions[640]) < 40_000


def test_a_scene_is_the_same_every_time_and_another_for_another_community() -> None:
    assert paint("townscape", seed="liege") == paint("townscape", seed="liege")
    assert paint("townscape", seed="liege") != paint("townscape", seed="eupen")
