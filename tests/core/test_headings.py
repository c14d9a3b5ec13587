import pytest

from perron.core.markdown import render


@pytest.mark.parametrize(
    ("markdown", "levels"),
    [("# a\n\n### b", "34"), ("### a\n\n### b", "33"), ("### a\n\n# b\n\n### c", "334"), ("no heading", "")],
)
def test_headings_begin_at_the_third_level_and_skip_none(markdown: str, levels: str) -> None:
    html = render(markdown)
    assert "".join(html[at + 2] for at in range(len(html)) if html.startswith("<h", at)) == levels
