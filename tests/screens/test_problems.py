"""The page of a refusal: a short heading that says what it is, and the sentence that says why."""

import pytest
from django.test import RequestFactory

from perron.core.errors import PerronError
from perron.screens.problems import problem

WHY = "Your role does not allow you to say who works for the operator, and as what: the administrators can do it."


@pytest.mark.once
@pytest.mark.django_db
@pytest.mark.parametrize("refusal", PerronError.__subclasses__())
def test_a_sentence_is_not_its_own_heading(refusal: type[PerronError]) -> None:
    page = problem(RequestFactory().get("/desk/members/"), WHY, status=refusal.status).content.decode()
    heading = page.partition("<h1>")[2].partition("</h1>")[0]
    assert 0 < len(heading) < 20
    assert (f'<p class="lead">{WHY}</p>' in page, f"<title>{heading}</title>" in page) == (True, True)
