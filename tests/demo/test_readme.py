import re
from pathlib import Path

from PIL import Image

from perron.project.demo import places
from perron.project.demo.entries import table

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()


def test_it_tells_every_way_to_sign_in() -> None:
    assert places.PASSWORD in README
    assert set(re.findall(r"`([\w.]+@[\w.]+)`", README)) == {account.email for account in places.sign_ins()}


def test_it_names_platforms_that_there_are() -> None:
    named = set(re.findall(r"/p/([\w-]+)/", README)) | set(re.findall(r"`([\w]+(?:-\w+)+)`", README))
    assert named - {places.PASSWORD} <= {row["slug"] for row in table("places")["platform"]}


def test_its_pictures_are_there_and_light() -> None:
    for name in re.findall(r"docs/images/[\w.-]+", README):
        assert (ROOT / name).stat().st_size < 200_000
        assert Image.open(ROOT / name).width >= 960
    assert {"docs/images/today-light.webp", "docs/images/today-dark.webp"} <= set(
        re.findall(r"docs/images/[\w.-]+", README)
    )


def test_what_it_and_its_neighbours_link_to_is_there() -> None:
    for page in ("README.md", "CONTRIBUTING.md", "SECURITY.md"):
        for link in re.findall(r"\]\((?!https?:)([^)#]+)", (ROOT / page).read_text()):
            assert (ROOT / link).exists(), f"{page} links to {link}"
