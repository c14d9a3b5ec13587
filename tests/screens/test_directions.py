"""Styles say start and end, never left and right: a page that reads from the right is the same page, mirrored."""

import re
from pathlib import Path

import pytest

_PACKAGES = Path(__file__).resolve().parents[2] / "src" / "perron"
_SHEETS = sorted(_PACKAGES.rglob("static/**/*.css"))
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_DECLARATION = re.compile(r"(?<=[{;])\s*(?P<property>-?[a-z-]+)\s*:\s*(?P<value>[^;{}]+)(?=[;}])")
_PHYSICAL_NAME = re.compile(r"(.+-)?(left|right)(-.+)?")
_SIDES = {"margin", "padding", "inset", "border-width", "border-color", "border-style", "scroll-margin"}
_ALIGNING = {"text-align", "float", "clear", "caption-side", "justify-content", "justify-items", "justify-self"}


def physical(sheet: str) -> list[str]:
    """Return the declarations that mean left or right."""
    found = []
    for match in _DECLARATION.finditer(_COMMENT.sub("", sheet)):
        name, value = match["property"], match["value"].removesuffix("!important").strip()
        # Spaces inside of functions part no values.
        parts = re.sub(r"\([^()]*\)", "()", re.sub(r"\([^()]*\)", "()", value)).replace(" / ", "/").split()
        if (
            _PHYSICAL_NAME.fullmatch(name)
            or (name in _ALIGNING and {"left", "right"} & set(parts))
            or (name in _SIDES and len(parts) == 4 and parts[1] != parts[3])
            or (name == "border-radius" and len(parts) > 1)
            or (name == "box-shadow" and re.match(r"(inset )?-?[.\d]*[1-9]", value))
            or re.search(r"translateX\(", value)
        ):
            found.append(f"{name}: {value}")
    return found


@pytest.mark.parametrize("sheet", _SHEETS, ids=lambda sheet: str(sheet.relative_to(_PACKAGES)))
def test_no_style_says_left_or_right(sheet: Path) -> None:
    assert physical(sheet.read_text("utf-8")) == []


def test_what_means_a_side_is_found() -> None:
    sided = "a{margin-left:1px;left:0;text-align:right;padding:1px 2px 3px 4px;border-top-left-radius:1px;float:left}"
    assert len(physical(sided)) == 6
    assert physical("a{margin-inline-start:1px;padding:1px 2px 3px;inset:0 auto 0;text-align:start}") == []
    assert _SHEETS
