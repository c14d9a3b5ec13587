"""What was written elsewhere is as it was published, and has its licence beside it."""

import hashlib
import re
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]
_ROW = re.compile(r"^\| `(?P<file>[^`]+)` \|.*\| `(?P<hash>[0-9a-f]{64})` \|$", re.MULTILINE)


def test_each_file_is_listed_with_its_hash_and_has_its_licence() -> None:
    listed = {row["file"]: row["hash"] for row in _ROW.finditer((_ROOT / "docs" / "vendored.md").read_text("utf-8"))}
    there = [path for path in _ROOT.glob("src/perron/**/vendored/*") if not path.name.endswith(".LICENSE.txt")]
    assert there
    assert {str(path.relative_to(_ROOT)): hashlib.sha256(path.read_bytes()).hexdigest() for path in there} == listed
    assert all(path.with_suffix(".LICENSE.txt").read_text("utf-8").strip() for path in there)
