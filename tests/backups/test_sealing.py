"""Nothing of a backup can be read without its key, nor changed, moved or cut off unseen."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perron.project.backups import sealing
from perron.project.backups.refusing import BackupRefused
from perron.project.backups.sealing import Opener, Sealer

KEY, OTHER = bytes(range(32)), bytes(32)
SMALL = 64


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "_CHUNK", SMALL)


def sealed(*pieces: bytes) -> bytes:
    target = io.BytesIO()
    sealer = Sealer(target, KEY)
    for piece in pieces:
        sealer.write(piece)
    sealer.close()
    return target.getvalue()


def opened(data: bytes, key: bytes = KEY, size: int = 50) -> bytes:
    opener = Opener(io.BytesIO(data), key)
    return b"".join(iter(lambda: opener.read(size), b""))


@pytest.mark.parametrize("length", [0, 1, SMALL - 1, SMALL, SMALL + 1, 5 * SMALL])
def test_what_was_written_is_read(length: int) -> None:
    data = bytes(index % 251 for index in range(length))
    assert opened(sealed(data[:7], data[7:])) == data


def test_nothing_shows_without_the_key() -> None:
    data = sealed(b"Anne Lambert" * 20)
    assert b"Anne" not in data
    assert sealed(b"Anne Lambert" * 20) != data
    with pytest.raises(BackupRefused, match="another key"):
        opened(data, OTHER)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_change_is_found(data: st.DataObject) -> None:
    whole = sealed(bytes(3 * SMALL + 9))
    changed = bytearray(whole)
    match data.draw(st.sampled_from(["flip", "cut", "append", "drop a chunk"])):
        case "flip":
            changed[data.draw(st.integers(0, len(whole) - 1))] ^= data.draw(st.integers(1, 255))
        case "cut":
            del changed[data.draw(st.integers(0, len(whole) - 1)) :]
        case "append":
            changed += data.draw(st.binary(min_size=1, max_size=200))
        case _:
            begin = 48 + data.draw(st.integers(0, 2)) * (SMALL + 16)
            del changed[begin : begin + SMALL + 16]
    with pytest.raises(BackupRefused):
        opened(bytes(changed))
