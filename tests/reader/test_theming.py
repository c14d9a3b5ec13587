import re

import pytest
from django.test import Client

from perron.communities.colours import contrast

pytestmark = pytest.mark.django_db

# The grounds of perron.css: paper and sheet, light and dark.
LIGHT, DARK = ("#fbfaf7", "#ffffff"), ("#151412", "#1f1d1a")


@pytest.mark.parametrize("colour", ["7a1f2b", "000000", "0b3d91", "006400", "767676", "5b2a86", "8a4b00"])
def test_the_brand_colour_is_readable_on_every_ground_of_both_themes(client: Client, colour: str) -> None:
    css = client.get(f"/theme/{colour}.css").content.decode()
    light, dark = css.split("@media")
    for part, grounds in ((light, LIGHT), (dark, DARK)):
        found = dict(re.findall(r"--([a-z-]+):(#[0-9a-f]{6})", part))
        for ground in (*grounds, found["brand-soft"]):
            assert contrast(found["brand-text"], ground) >= 4.5


@pytest.mark.parametrize("colour", ["ffffff", "ffff00", "xyzxyz", "7A1F2B", "7a1f2"])
def test_a_colour_that_no_platform_may_have_is_not_found(client: Client, colour: str) -> None:
    assert client.get(f"/theme/{colour}.css").status_code == 404
