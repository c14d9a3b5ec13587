"""What another program sends: taken once, by who was expected, checked before it is kept; the rest is refused."""

import hashlib
import json
import struct
from collections.abc import Callable, Iterable
from datetime import timedelta
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_LZMA, ZipFile, ZipInfo

import pytest
from django.core.files.storage import default_storage
from django.test import Client

from perron.accounts.models import Person
from perron.accounts.taking_over import take_over
from perron.core.clock import now, travel
from perron.core.errors import NotAllowed, NotFound, PerronError, Refused
from perron.privacy import receiving
from perron.privacy.copies import unpacking
from perron.privacy.copies.tables import Reception
from perron.privacy.evidence.tables import EvidenceEntry
from tests import making

pytestmark = pytest.mark.django_db

DATA: dict[str, Any] = {
    "format": "perron-copy/1",
    "kind": "portable",
    "made_at": "2026-11-24T10:00:00Z",
    "language": "nl",
    "controller": dict.fromkeys(("name", "address", "email", "telephone", "website", "enterprise_number"), "Elders"),
    "subjects": [{"kind": "person", "id": "1"}],
    "about": [],
    "tables": [
        {
            "table": "accounts.Person",
            "label": "Uw account",
            "activities": ["C"],
            "source": "",
            "kept": [],
            "columns": [],
            "rows": [{"name": " Anne\nLambert ", "language": "nl", "email": "anne@example.org"}],
            "files": [],
        }
    ],
}


def _zip(*entries: tuple[str | ZipInfo, bytes], data: Any = DATA, how: int = ZIP_DEFLATED) -> bytes:
    out = BytesIO()
    with ZipFile(out, "w", how) as archive:
        if data is not None:
            archive.writestr("data.json", data if isinstance(data, bytes) else json.dumps(data))
        for name, content in entries:
            archive.writestr(name, content)
    return out.getvalue()


def _receive(token: str, sent: bytes) -> Reception:
    return receiving.receive(token, BytesIO(sent), size=len(sent), sha256=hashlib.sha256(sent).hexdigest())


def _opened() -> tuple[Person, str]:
    person = making.person()
    return person, receiving.open_reception(person.pk, by=person.actor)[1]


def test_a_copy_is_kept_and_shown_and_changes_nothing_by_itself() -> None:
    person, token = _opened()
    reception = _receive(token, _zip())
    assert reception.sender == "Elders"
    assert reception.offers == {"name": "Anne Lambert", "language": "nl"}
    assert default_storage.open(receiving.file_of(reception)).read() == _zip()
    person.refresh_from_db()
    assert (person.name, person.language) == ("Anne Exemple", "fr")
    assert token not in str(Reception.objects.values())


def test_what_the_person_chooses_is_taken_over_and_nothing_else() -> None:
    person, token = _opened()
    reception = _receive(token, _zip())
    with pytest.raises(Refused, match="at least one"):
        take_over(person, reception, ["email", "is_active"], by=person.actor)
    take_over(person, reception, ["name", "email"], by=person.actor)
    person.refresh_from_db()
    assert (person.name, person.language) == ("Anne Lambert", "fr")
    assert not person.email.startswith("anne@")
    assert EvidenceEntry.objects.filter(deed="take_over").exists()


def test_nobody_takes_over_what_was_sent_to_somebody_else() -> None:
    _person, token = _opened()
    other = making.person()
    reception = _receive(token, _zip())
    with pytest.raises(NotAllowed):
        take_over(other, reception, ["name"], by=other.actor)
    with pytest.raises(NotFound):
        receiving.reception_of(other.pk, reception.pk)


def test_an_address_works_once_and_for_a_day() -> None:
    _person, token = _opened()
    with travel(now() + timedelta(hours=25)), pytest.raises(NotFound, match="was used, has ended, or never was"):
        _receive(token, _zip())
    _receive(token, _zip())
    with pytest.raises(NotFound, match="was used, has ended, or never was"):
        _receive(token, _zip())
    with pytest.raises(NotFound):
        _receive("never-was", _zip())


def test_what_is_thrown_away_is_gone_with_its_file() -> None:
    person, token = _opened()
    reception = _receive(token, _zip())
    receiving.discard(reception, by=person.actor)
    assert not default_storage.exists(receiving.file_of(reception))
    assert not Reception.objects.exists()


def _link() -> ZipInfo:
    link = ZipInfo("files/link")
    link.external_attr = 0o120777 << 16
    return link


def _understated() -> bytes:
    """A zip whose directory says that data.json is small, and that unpacks to a hundred megabytes."""
    packed = bytearray(_zip(data=b" " * 100_000_000))
    for signature, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        struct.pack_into("<I", packed, packed.find(signature) + offset, 10)
    return bytes(packed)


def _with(path: Iterable[Any], value: object) -> dict[str, Any]:
    changed = json.loads(json.dumps(DATA))
    at: Any = changed
    *way, last = path
    for key in way:
        at = at[key]
    at[last] = value
    return changed  # type: ignore[no-any-return]


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "no zip": (lambda: b"hello", "no zip"),
    "nothing": (lambda: b"", "no zip"),
    "cut off": (lambda: _zip()[:-40], "no zip"),
    "no data": (lambda: _zip(data=None), "no data.json"),
    "not JSON": (lambda: _zip(data=b"{"), "do not follow the format"),
    "another format": (lambda: _zip(data=_with(["format"], "other/1")), "do not follow the format.*format"),
    "an unknown key": (lambda: _zip(data=_with(["extra"], 1)), "do not follow the format.*extra"),
    "rows that are none": (lambda: _zip(data=_with(["tables", 0, "rows"], "x")), "do not follow.*tables.0.rows"),
    "very deep": (lambda: _zip(data=b"[" * 1_000_000), "do not follow the format"),
    "a path that leads out": (lambda: _zip(("../../etc/passwd", b"")), "outside itself"),
    "an absolute path": (lambda: _zip(("/etc/passwd", b"")), "outside itself"),
    "a path of Windows": (lambda: _zip(("C:/x", b"")), "outside itself"),
    "a link": (lambda: _zip((_link(), b"/etc/passwd")), "links or locked"),
    "many entries": (lambda: _zip(*((f"files/{n}", b"") for n in range(60))), "unpack to more"),
    "a bomb": (lambda: _zip(("files/bomb", b"\0" * 3_000_000)), "unpack to more"),
    "large data": (lambda: _zip(data=json.dumps(DATA).encode() + b" " * 1_500_000), "larger than is taken"),
    "a bomb that says it is small": (_understated, "no zip|larger than is taken|do not follow"),
    "packed otherwise": (lambda: _zip(how=ZIP_LZMA), "packed in a way"),
}


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_copies_are_refused_with_a_sentence_and_leave_nothing(
    hostile: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpacking, "_MOST_ENTRIES", 50)
    monkeypatch.setattr(unpacking, "_MOST_UNPACKED", 2_000_000)
    monkeypatch.setattr(unpacking, "_MOST_DATA", 1_200_000)
    make, sentence = HOSTILE[hostile]
    _person, token = _opened()
    with pytest.raises(PerronError, match=sentence):
        _receive(token, make())
    assert not default_storage.exists("receptions") or default_storage.listdir("receptions") == ([], [])
    # A better attempt is welcome.
    assert _receive(token, _zip()).received_at


def _post(token: str, sent: bytes, **headers: str) -> Any:
    kind = headers.pop("content_type", "application/zip")
    return Client().post(f"/account/transfers/{token}", sent, content_type=kind, headers=headers)


def test_a_program_is_answered_in_json_and_in_its_language() -> None:
    _person, token = _opened()
    wrong = _post("wrong", _zip(), accept_language="nl")
    assert (wrong.status_code, wrong["Content-Type"]) == (404, "application/problem+json")
    assert wrong.json()["title"].startswith("Op dit adres wordt geen kopie verwacht")
    assert _post(token, _zip(), content_type="text/plain").status_code == 422
    assert _post(token, _zip(), content_digest="sha-256=:AAAA:").status_code == 422
    assert Client().get(f"/account/transfers/{token}").status_code == 405
    answer = _post(token, _zip())
    assert answer.status_code == 201
    assert answer.json()["sha256"] == hashlib.sha256(_zip()).hexdigest()
    assert not answer.cookies


def test_a_copy_that_is_too_large_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("perron.account.transfers.MOST_BYTES", 100)
    _person, token = _opened()
    assert _post(token, _zip()).status_code == 413
