"""What brackets cost: one that is never closed has the parser look at all that follows."""

import pytest
from markdown_it import helpers

from perron.core import markdown

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    "text", ["[" * 50_000, "a[b " * 12_500, "[a][b" * 10_000, "![" * 25_000, "[" * 900 + "]" * 900]
)
def test_few_of_them_are_looked_at(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[int] = []
    own = helpers.parseLinkLabel

    def counted(*given: object) -> int:
        looks.append(own(*given))  # type: ignore[arg-type]
        return looks[-1]

    monkeypatch.setattr(helpers, "parseLinkLabel", counted)
    markdown.render(text)
    assert sum(end < 0 for end in looks) <= 700


def test_links_are_found_among_them() -> None:
    text = "[" * 200 + " [ici](https://example.org/) " + " ".join(f"[{n}](https://example.org/{n})" for n in range(500))
    assert markdown.render(text).count("<a ") == 501
