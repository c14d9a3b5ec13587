"""A document's text as a small PDF: tagged, with its title and language, one family of type, as many pages as needed.

PDF 1.7 (ISO 32000-1): §14.7 structure, §14.8 tags, §14.9.2 language. The type is one of the fourteen that every
viewer has (§9.6.2.2), so nothing is embedded.
"""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

_WIDTH, _HEIGHT, _MARGIN = 595, 842, 64  # A4 in points
_PLAIN, _BOLD = "F1", "F2"
# Helvetica's letters are half as wide as high, on average; lines are broken a little early rather than late.
_ASPECT = 0.52


@dataclass(frozen=True)
class _Block:
    tag: str
    text: str
    font: str
    size: int
    space: int


def write(title: str, text: str, *, language: str, footer: str) -> bytes:
    """Return a PDF of `title` and the paragraphs of `text` (Markdown's marks for lists and headings are read)."""
    blocks = [_Block("H1", title, _BOLD, 20, 14), *map(_block, filter(None, text.split("\n")))]
    pages, tags = _laid_out(blocks, footer)
    return _file(pages, tags, title=title, language=language)


def _block(line: str) -> _Block:
    clean = line.replace("**", "").replace("*", "").strip()
    if clean.startswith("#"):
        return _Block("H2", clean.lstrip("# "), _BOLD, 13, 12)
    if clean.startswith("- "):
        return _Block("P", f"•  {clean[2:]}", _PLAIN, 11, 3)
    return _Block("P", clean, _PLAIN, 11, 8)


def _laid_out(blocks: Sequence[_Block], footer: str) -> tuple[list[str], list[list[str]]]:
    """Return the drawing of each page, and the tags of its marked contents in order."""
    pages: list[str] = []
    tags: list[list[str]] = []
    y = 0.0
    for block in blocks:
        lines = textwrap.wrap(block.text, int((_WIDTH - 2 * _MARGIN) / (block.size * _ASPECT)))
        height = len(lines) * block.size * 1.45 + block.space
        if not pages or y - height < _MARGIN:
            pages.append(_artifact(footer))
            tags.append([])
            y = _HEIGHT - _MARGIN
        y -= block.space
        drawn = [f"/{block.tag} <</MCID {len(tags[-1])}>> BDC BT /{block.font} {block.size} Tf"]
        for line in lines:
            y -= block.size * 1.45
            drawn.append(f"1 0 0 1 {_MARGIN} {y:.1f} Tm {_string(line)} Tj")
        pages[-1] += "\n".join([*drawn, "ET EMC"]) + "\n"
        tags[-1].append(block.tag)
    return pages, tags


def _artifact(footer: str) -> str:
    return f"/Artifact BMC BT /{_PLAIN} 9 Tf 1 0 0 1 {_MARGIN} 36 Tm {_string(footer)} Tj ET EMC\n"


def _file(pages: list[str], tags: list[list[str]], *, title: str, language: str) -> bytes:
    """Number the objects and write them with their table of places (§7.5.4)."""
    first_page, count = 7, len(pages)
    first_content, first_tag = first_page + count, first_page + 2 * count
    elements: list[str] = []
    parents: list[str] = []
    for index, page in enumerate(tags):
        numbers = [first_tag + len(elements) + place for place in range(len(page))]
        parents.append(f"{index} [{' '.join(f'{number} 0 R' for number in numbers)}]")
        elements += [f"<</Type/StructElem/S/{tag}/P 6 0 R/Pg {first_page + index} 0 R/K {place}>>"
                     for place, tag in enumerate(page)]  # fmt: skip
    kids = " ".join(f"{first_page + index} 0 R" for index in range(count))
    tagged = " ".join(f"{first_tag + index} 0 R" for index in range(len(elements)))
    fonts = "<</Font<</F1 4 0 R/F2 5 0 R>>>>"
    shown = "/MarkInfo<</Marked true>>/ViewerPreferences<</DisplayDocTitle true>>"
    objects = [
        f"<</Type/Catalog/Pages 2 0 R/Lang({language})/StructTreeRoot 6 0 R{shown}>>",
        f"<</Type/Pages/Kids[{kids}]/Count {count}>>",
        f"<</Title {_string(title, wide=True)}/Producer(Perron)>>",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica-Bold/Encoding/WinAnsiEncoding>>",
        f"<</Type/StructTreeRoot/K[{tagged}]/ParentTree<</Nums[{' '.join(parents)}]>>/ParentTreeNextKey {count}>>",
        *(f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {_WIDTH} {_HEIGHT}]/Resources{fonts}/Tabs/S/StructParents {index}"
          f"/Contents {first_content + index} 0 R>>" for index in range(count)),
        *(f"<</Length {len(page.encode('cp1252'))}>>stream\n{page}endstream" for page in pages),
        *elements,
    ]  # fmt: skip
    data, places = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(data))
        data += f"{number} 0 obj\n{body}\nendobj\n".encode("cp1252")
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    trailer = f"<</Size {len(objects) + 1}/Root 1 0 R/Info 3 0 R>>"
    end = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer\n{trailer}\nstartxref\n{len(data)}\n%%EOF\n"
    return data + end.encode("ascii")


def _string(text: str, *, wide: bool = False) -> str:
    """Return a PDF string: UTF-16 for what viewers show themselves, else the letters that the type has."""
    if wide:
        return f"<FEFF{text.encode('utf-16-be').hex().upper()}>"
    drawable = text.encode("cp1252", "replace").decode("cp1252")
    return "(" + drawable.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)") + ")"
