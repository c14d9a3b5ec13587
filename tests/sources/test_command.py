import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from perron.publishing.models import Item
from tests import making
from tests.sources.writing_files import entry, rss

pytestmark = pytest.mark.django_db


def test_the_command_imports_a_file_and_says_what_it_did(tmp_path: Path) -> None:
    making.community()
    path = tmp_path / "feed.xml"
    path.write_bytes(rss(entry("1"), entry("1", "Double")))
    out, errors = io.StringIO(), io.StringIO()
    call_command("import", str(path), community="liege", draft=True, licence="CC0", stdout=out, stderr=errors)
    assert out.getvalue().strip() == "1 new, 0 changed, 0 unchanged, 0 withdrawn, 1 left out"
    assert "Double" in errors.getvalue()
    assert Item.objects.get().state == "draft"


@pytest.mark.parametrize(
    ("place", "community"),
    [
        ("missing.xml", "liege"),
        ("file.xml", "nowhere"),
        ("http://127.0.0.1/feed", "liege"),
        ("http://[::1]:80/", "liege"),
        ("file.xml", "liege"),
        (".", "liege"),
    ],
)
def test_the_command_refuses_with_a_sentence(place: str, community: str, tmp_path: Path) -> None:
    making.community()
    (tmp_path / "file.xml").write_text("<rss>")
    with pytest.raises(CommandError, match=r"\."):
        call_command("import", place if "://" in place else str(tmp_path / place), community=community)
    assert not Item.objects.exists()
