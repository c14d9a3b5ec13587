"""The content check on texts as communes write them: it speaks where something is wrong, and is silent elsewhere."""

from datetime import date

import pytest

from perron.publishing.advising.advice import advise
from perron.publishing.advising.finding import Draft, Finding
from perron.publishing.content import Content, Words
from tests.advising.right import RIGHT
from tests.advising.wrong import WRONG

DAY = date(2026, 11, 26)


def found(kind: str, language: str, title: str, body: str) -> list[Finding]:
    content = Content(texts={language: Words(title=title, body=body)})
    return advise(Draft(kind=kind, languages=[language], content=content, day=DAY))


@pytest.mark.parametrize(("language", "kind", "title", "body"), RIGHT)
def test_nothing_is_said_of_what_is_right(language: str, kind: str, title: str, body: str) -> None:
    assert [(one.what, one.words) for one in found(kind, language, title, body)] == []


@pytest.mark.parametrize(("language", "kind", "title", "body", "rule", "words"), WRONG)
def test_what_is_wrong_is_said_once_and_quoted(  # noqa: PLR0917 a row of the table
    language: str, kind: str, title: str, body: str, rule: str, words: str
) -> None:
    findings = found(kind, language, title, body)
    assert [one.rule for one in findings] == [rule]
    assert findings[0].words.startswith(words)
    assert findings[0].field == (f"title_{language}" if words == title else f"body_{language}")
    assert all((findings[0].what, findings[0].why, findings[0].advice))
