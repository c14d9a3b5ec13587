"""Archives that are none, or lie: refused with a sentence, and nothing of them is here."""

import hashlib
import io
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pytest
from django.core.files.storage import FileSystemStorage, default_storage

from perron.communities.inviting.tables import Invitation
from perron.communities.models import Community, Partner
from perron.core.errors import NotAllowed, PerronError
from perron.letters.models import Letter
from perron.publishing.handing_over import opening
from perron.publishing.handing_over.parts import parts
from perron.publishing.handing_over.taking_in import take_in
from perron.publishing.models import Image, Item
from tests import making
from tests.moving import world

pytestmark = pytest.mark.django_db

type Files = dict[str, bytes]
ITEMS = "tables/publishing.item.jsonl"
OUTSIDE = "0198c0de-0000-7000-8000-000000000001"


@pytest.fixture
def files() -> Files:
    """A good archive, unpacked, of a partner that is not here, beside another that is."""
    partner = world.furnish()
    held = world.unpacked(world.archive(partner))
    world.leave(partner)
    for name in held:
        if name.startswith("media/"):
            default_storage.delete(name.removeprefix("media/"))
    world.stranger()
    return held


def packed(files: Files, *, listed: bool = True, change: Callable[[ZipInfo], None] | None = None) -> io.BytesIO:
    """Pack an archive; `listed`: with hashes that fit, as somebody would who makes one up."""
    if listed:
        lines = [
            json.dumps({"path": name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()})
            for name, data in files.items()
            if name not in {"manifest.json", "files.jsonl"}
        ]
        manifest = json.loads(files["manifest.json"])
        files = files | {"files.jsonl": "\n".join(lines).encode()}
        manifest["files_sha256"] = hashlib.sha256(files["files.jsonl"]).hexdigest()
        files["manifest.json"] = json.dumps(manifest).encode()
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as target:
        for name, data in files.items():
            entry = ZipInfo(name)
            entry.compress_type = ZIP_DEFLATED
            if change:
                change(entry)
            target.writestr(entry, data)
    return out


def state() -> object:
    rows = {part.name: part.model._base_manager.count() for part in parts() if part.taken}
    kept = sorted(str(path) for path in Path(default_storage.location).rglob("*") if path.is_file())  # type: ignore[attr-defined]
    return rows, kept, Invitation.objects.count(), Letter.objects.count(), list(Item.objects.values_list("pk", "slug"))


def refused(file: io.BytesIO, *, taken: bool = False) -> str:
    """Take it in, and return why not, which is not that an address is `taken`; everything is as before."""
    before = state()
    with pytest.raises(PerronError) as refusal:
        world.taken(file)
    assert state() == before
    assert ("is taken here" in refusal.value.message) == taken
    return refusal.value.message


def row(files: Files, table: str, **columns: object) -> Files:
    """Change a row of a table."""
    path = f"tables/{table}.jsonl"
    lines = files[path].splitlines()
    lines[0] = json.dumps(json.loads(lines[0]) | columns).encode()
    return files | {path: b"\n".join(lines)}


def test_the_good_one_is_taken_in(files: Files) -> None:
    assert world.taken(packed(files)).partner.slug == "ville"
    # And once is enough: what is here is not touched.
    assert "is here already" in refused(packed(files))


@pytest.mark.once
def test_what_is_no_archive(files: Files) -> None:
    assert "no zip" in refused(io.BytesIO(b"PK\x03\x04 nothing"))
    assert "manifest" in refused(packed({"readme.txt": b"hello"}, listed=False))
    whole = packed(files).getvalue()
    assert refused(io.BytesIO(whole[: len(whole) // 2]))
    later = json.loads(files["manifest.json"]) | {"format": "perron-partner/2"}
    assert "perron-partner/2" in refused(packed(files | {"manifest.json": json.dumps(later).encode()}))
    more = json.loads(files["manifest.json"])
    more["tables"].append({"name": "townhall.waste", "columns": ["id"], "rows": 0})
    strange = files | {"manifest.json": json.dumps(more).encode(), "tables/townhall.waste.jsonl": b""}
    assert "townhall.waste" in refused(packed(strange))


@pytest.mark.once
def test_names_that_lead_out(files: Files) -> None:
    for name in ("../../etc/passwd", "/etc/passwd", "media/../../x", "C:/x", "media\\..\\x", "media//x"):
        assert "outside itself" in refused(packed(files | {name: b"x"})), name


@pytest.mark.once
def test_links_bombs_and_what_is_not_listed(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    def link(entry: ZipInfo) -> None:
        entry.external_attr = 0o120777 << 16

    assert "links" in refused(packed(files, change=link))
    assert "other files than it lists" in refused(packed(packed_with(files, "media/extra"), listed=False))
    with monkeypatch.context() as limits:
        limits.setattr(opening, "MOST_TABLE", 100_000)
        assert "unpack to more" in refused(packed(files | {ITEMS: b" " * 3_000_000}))
    with monkeypatch.context() as limits:
        limits.setattr(opening, "MOST_LINE", 1000)
        assert "unpack to more" in refused(packed(row(files, "publishing.item", working_title="x" * 2000)))
    with monkeypatch.context() as limits:
        limits.setattr(opening, "MOST_ENTRIES", 10)
        assert "unpack to more" in refused(packed(files))
    with monkeypatch.context() as limits:
        limits.setattr(opening, "MOST_FILE", 50)
        assert "unpack to more" in refused(packed(files))


def packed_with(files: Files, name: str) -> Files:
    return files | {name: b"x"}


@pytest.mark.once
def test_what_was_altered_is_noticed(files: Files) -> None:
    picture = next(name for name in files if name.endswith(".webp"))
    for path, before, after in [
        (ITEMS, b"En cours", b"En COURS"), ("files.jsonl", b"0", b"1"),
        ("tables/publishing.revision.jsonl", b"Kermesse", b"Kermesso"), (picture, b"WEBP", b"WEBQ"),
    ]:  # fmt: skip
        assert before in files[path]
        altered = files | {path: files[path].replace(before, after)}
        assert "altered" in refused(packed(altered, listed=False)), path


def test_identifiers_of_another_tenant(files: Files) -> None:
    """An archive that somebody made up, whose hashes fit, and that would take or touch what is another's."""
    others = Item.objects.get(working_title="Citadelle")
    image = Image.objects.create(community=others.community, width=320, height=200, widths=[320])
    attempts = [
        row(files, "publishing.item", id=str(others.pk)),
        row(files, "publishing.item", community_id=str(others.community_id)),
        row(files, "publishing.text", item_id=str(others.pk)),
        row(files, "publishing.revision", item_id=str(others.pk)),
        row(files, "publishing.picture", image_id=str(image.pk)),
        row(files, "publishing.image", id=str(image.pk)),
        row(files, "publishing.release", item_id=str(others.pk)),
        row(files, "publishing.release", community_id=str(others.community_id)),
        row(files, "communities.community", partner_id=str(others.community.partner_id)),
        row(files, "communities.partner", id=str(others.community.partner_id)),
        row(files, "communities.place", community_id=str(others.community_id)),
        row(files, "communities.community", id=str(others.community_id)),
        row(files, "communities.area", community_id=OUTSIDE),
        row(files, "publishing.placement", community_id=str(others.community_id)),
        row(files, "statistics.pagecount", community_id=str(others.community_id)),
    ]
    for number, attempt in enumerate(attempts):
        assert re.search("not in the archive|is here already|one partner", refused(packed(attempt))), number
    others.refresh_from_db()
    assert others.community.slug == "namur"


ROWS: list[tuple[str, dict[str, object]]] = [
    ("publishing.item", {"slug": "../x"}),
    ("publishing.item", {"kind": "tale"}),
    ("publishing.item", {"state": "famous"}),
    ("publishing.item", {"working_title": "a\0b"}),
    ("publishing.item", {"working_title": {"a": 1}}),
    ("publishing.item", {"edition": "many"}),
    ("publishing.item", {"published_at": "yesterday"}),
    ("publishing.item", {"password": "x"}),
    ("publishing.text", {"language": "xx"}),
    ("publishing.picture", {"alternatives": ["x"]}),
    ("publishing.image", {"widths": [10**9]}),
    ("publishing.image", {"widths": ["../../x"]}),
    ("publishing.attachment", {"name": "../../x.pdf"}),
    ("publishing.attachment", {"media_type": "text/html"}),
    ("publishing.eventdetails", {"time_zone": "../x"}),
    ("publishing.eventdetails", {"recurrence": "FREQ=SECONDLY"}),
    ("publishing.alertmessage", {"xml": "<html xmlns='http://www.w3.org/1999/xhtml'/>"}),
    ("publishing.alertmessage", {"xml": "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"}),
    ("publishing.revision", {"content": {"texts": {"fr": 1}}}),
    ("communities.platform", {"colour": "red;}"}),
    ("communities.platform", {"host": "a b"}),
    ("communities.community", {"names": {"fr": 5}}),
    ("communities.community", {"website": "javascript:alert(1)"}),
    ("communities.area", {"polygon": {"type": "Point"}}),
]


@pytest.mark.once
def test_rows_that_are_none(files: Files) -> None:
    for table, columns in ROWS:
        assert re.search("follow the format|what its row says", refused(packed(row(files, table, **columns)))), columns


@pytest.mark.once
def test_a_file_that_is_not_what_its_row_says(files: Files) -> None:
    picture = next(name for name in files if name.endswith(".webp"))
    assert refused(packed(files | {picture: b"<svg xmlns='http://www.w3.org/2000/svg'/>"}))
    document = next(name for name in files if name.endswith(".pdf"))
    assert refused(packed(files | {document: b"<html>" + b" " * (len(files[document]) - 6)}))
    without = {name: data for name, data in files.items() if name != picture}
    assert "lacks" in refused(packed(without))


def test_two_partners_or_none(files: Files) -> None:
    line = json.loads(files["tables/communities.partner.jsonl"])
    second = json.dumps(line | {"id": OUTSIDE, "slug": "autre"}).encode()
    both = files | {"tables/communities.partner.jsonl": files["tables/communities.partner.jsonl"] + second}
    assert refused(packed(both))
    assert refused(packed(files | {ITEMS: files[ITEMS] + files[ITEMS].splitlines()[0]}))


def test_addresses_that_are_taken_are_named(files: Files) -> None:
    making.community("liege", partner=Partner.objects.get(slug="namur"))
    world.nobody_is("ville")
    assert "liege" in refused(packed(files), taken=True)
    before = state()
    with pytest.raises(PerronError):
        world.taken(packed(files), liege="../liege")
    assert state() == before


def test_a_full_disk_leaves_nothing(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    saves: Iterator[int] = iter(range(99))
    own = FileSystemStorage.save

    def save(storage: FileSystemStorage, name: str, content: Any) -> str:
        if next(saves) == 2:
            raise OSError(28, "No space left on device")
        return own(storage, name, content)

    monkeypatch.setattr(FileSystemStorage, "save", save)
    assert "no room" in refused(packed(files))


def test_only_the_operator_takes_in(files: Files) -> None:
    boss = making.person("b@example.org", role="administrator", at=Community.objects.get(slug="namur"))
    with pytest.raises(NotAllowed):
        take_in(packed(files), by=boss.actor)
