"""What an operator does not do is off: no clearance, no page, no word, no row."""

from collections.abc import Iterator

import pytest
from django.core.management import CommandError, call_command
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.test import RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver

from perron.communities.access import anyone, part_of
from perron.privacy.clearing import NotCleared, clear
from perron.privacy.declaring import Activity
from perron.privacy.gate.activities import INDISPENSABLE
from perron.privacy.gate.facts import fact_gaps
from perron.privacy.policy.current import replace
from perron.privacy.policy.notices import notices
from perron.privacy.policy.rendering import page, words_for
from perron.privacy.policy.values import Policy
from perron.privacy.subjects import of_person
from tests import making
from tests.policy.operators import Facts, changed, latest


@pytest.mark.django_db
def test_nothing_is_cleared_for_it() -> None:
    person = of_person(making.person().pk)
    with replace(latest("dorpsplein")), pytest.raises(NotCleared):
        clear(person, Activity.CONTRACTS)


@anyone
@part_of(Activity.CONTRACTS)
def _invoices(request: HttpRequest) -> HttpResponseBase:
    return HttpResponse("here")


def test_its_pages_do_not_exist() -> None:
    request = RequestFactory().get("/")
    assert _invoices(request).status_code == 200
    with replace(latest("dorpsplein")), pytest.raises(Http404):
        _invoices(request)


def _views(patterns: list[URLPattern | URLResolver]) -> Iterator[URLPattern]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _views(pattern.url_patterns)
        else:
            yield pattern


def test_every_page_that_belongs_to_an_activity_goes_with_it() -> None:
    parts = [view.callback for view in _views(get_resolver().url_patterns) if hasattr(view.callback, "part_of")]
    for view in parts:
        assert view.part_of not in INDISPENSABLE
        with replace(_without(str(view.part_of))), pytest.raises(Http404):
            view(RequestFactory().get("/"))


def _without(activity: str) -> Policy:
    def omit(raw: Facts) -> None:
        del raw["activities"][activity]
        raw["omitted"] = [*raw["omitted"], activity]

    return changed("letsgocity", omit)


def test_no_page_of_the_policy_speaks_of_it() -> None:
    dorpsplein = latest("dorpsplein")
    words = words_for(dorpsplein, "nl")
    assert {part.id for part in page(dorpsplein, words).parts} & {"D", "G"} == set()
    assert notices(dorpsplein, words, ["D", "G"]) == ()


def test_its_words_may_not_be_left_over() -> None:
    gaps = list(fact_gaps(_without("D")))
    assert any("activities.D: policy.toml uses no such name; remove it" in gap for gap in gaps)


@pytest.mark.django_db
def test_rows_that_are_left_of_it_are_found(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    making.person()
    monkeypatch.setattr("perron.privacy.gate.checking.versions_in", lambda _: (_without("C"),))
    with pytest.raises(CommandError):
        call_command("policy", "check")
    assert "accounts.Person holds 1 rows of activity C, which the policy omits" in capsys.readouterr().out
