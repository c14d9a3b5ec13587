"""The rows of the policy that later work completes, by name. Each leaves this list when its own test comes."""

from pathlib import Path

import pytest

LATER = {
    "D": "contracts and invoices",
    "G": "pages on social networks",
    "T": "third-party sites: tiles that say so before leaving",
}


@pytest.mark.parametrize("row", LATER)
def test_rows_that_are_open(row: str) -> None:
    there = (Path(__file__).parent / f"test_rows_{row}.py").exists()
    assert not there, f"row {row} has its test; take it out of LATER"
    pytest.skip(f"row {row} is open: {LATER[row]}")
