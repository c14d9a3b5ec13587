import re

import pytest
from django.core.exceptions import ValidationError
from django.urls import URLResolver, get_resolver

from perron.communities.colours import contrast, readable_on, validate_brand_colour
from perron.communities.naming import RESERVED, bare_enterprise_number, validate_enterprise_number, validate_host
from perron.core.language import LANGUAGES


@pytest.mark.parametrize("written", ["0207.725.104", "BE 0207.725.104", "be0207725104", "207.725.104", "0123456749"])
def test_an_enterprise_number_is_taken_however_it_is_written(written: str) -> None:
    validate_enterprise_number(bare_enterprise_number(written))


@pytest.mark.parametrize(
    "number", ["", "0207725105", "0207.725.104", "2207725104", "020772510", "02077251040", "x", "٠٢٠٧٧٢٥١٠٤"]
)
def test_what_is_no_enterprise_number_is_refused(number: str) -> None:
    with pytest.raises(ValidationError):
        validate_enterprise_number(number)


@pytest.mark.parametrize("host", ["", "app.commune.be", "a.b.c.example", "xn--cole-9oa.be"])
def test_a_host_name(host: str) -> None:
    validate_host(host)


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "App.be",
        "https://app.be",
        "app.be/",
        "app.be:80",
        "-a.be",
        "a-.be",
        "a..be",
        "école.be",
        "a b.be",
        "a" * 64 + ".be",
    ],
)
def test_what_is_no_host_name_is_refused(host: str) -> None:
    with pytest.raises(ValidationError):
        validate_host(host)


def test_every_first_part_of_an_address_is_reserved() -> None:
    doors = get_resolver().url_patterns
    residents = [door for door in doors if isinstance(door, URLResolver) and not str(door.pattern)]
    routes = [*doors, *(route for door in residents for route in door.url_patterns)]
    first = {str(route.pattern).lstrip("^").split("/", 1)[0] for route in routes}
    # What has a dot ("robots.txt") no community can be called.
    used = {part for part in first if re.fullmatch(r"[a-z-]+", part)}
    assert {"studio", "desk", "account", "media"} <= used
    assert used | set(LANGUAGES) <= RESERVED
    after_language = {str(route.pattern).removeprefix("<language:language>/").split("/", 1)[0] for route in routes}
    assert {part for part in after_language if re.fullmatch(r"[a-z]+", part)} <= RESERVED


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    # The two ends of the scale, the primaries, and the greys on both sides of 4.5.
    [
        ("#000000", "#ffffff", 21.0),
        ("#ffffff", "#ffffff", 1.0),
        ("#ff0000", "#ffffff", 4.0),
        ("#0000ff", "#ffffff", 8.59),
        ("#008000", "#ffffff", 5.14),
        ("#777777", "#ffffff", 4.48),
        ("#767676", "#ffffff", 4.54),
    ],
)
def test_contrast_is_that_of_wcag(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == contrast(other, one) == pytest.approx(ratio, abs=0.005)


def test_the_limit_lies_between_two_greys() -> None:
    validate_brand_colour("#767676")
    with pytest.raises(ValidationError, match=r"4\.5"):
        validate_brand_colour("#777777")


@pytest.mark.parametrize("colour", ["", "red", "#FFF", "#7A1F2B", "#7a1f2", "7a1f2b", "#7a1f2b;", "#７a1f2b"])
def test_what_is_no_colour_is_refused(colour: str) -> None:
    with pytest.raises(ValidationError):
        validate_brand_colour(colour)


@pytest.mark.parametrize("ground", ["#ffffff", "#000000", "#121212", "#7a1f2b", "#808080"])
def test_a_readable_colour_is_readable(ground: str) -> None:
    for colour in ("#7a1f2b", "#ffcc00", "#808080", "#0000ff"):
        assert contrast(readable_on(ground, colour), ground) >= 4.5
