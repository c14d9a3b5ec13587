"""H: page counts and nothing else, by counters that cannot tell one visitor twice from two visitors once."""

import re

import pytest
from django.test import Client

from perron.privacy.policy.current import policy
from perron.statistics.counting import add
from perron.statistics.models import PageCount
from tests import making
from tests.edge.asking import ask
from tests.edge.conftest import connection_of_the_test, edge_around  # noqa: F401 a fixture for each test
from tests.edge.town import News
from tests.studio.conftest import signed_in


def test_the_policy_says_that_statistics_are_about_nobody() -> None:
    activity = policy().activities["H"]
    assert (activity.personal, activity.categories, activity.recipients) == (False, (), ())


@pytest.mark.django_db
def test_visits_become_a_picture_a_table_and_a_file_for_the_partner() -> None:
    community = making.community()
    making.platform(community)
    item = making.released(at=community)
    edge = edge_around(News(), counts=add)
    for visitor in ("Anne", "Bert", "Anne"):
        assert ask(edge, f"/fr/liege/{item.slug}/", user_agent=visitor).status == 200
    edge.tally.flush()
    editor = signed_in(making.person(role="author", at=community))
    page = editor.get("/studio/liege/reach/").content.decode()
    assert re.search(r"<rect [^>]*height=\"100\"", page)
    assert re.search(r"Marché de Noël</a></th><td>3</td>", page)
    file = editor.get("/studio/liege/reach.csv").content.decode().splitlines()
    assert file[0] == "What,Which,Openings"
    assert file[-1] == "page,Marché de Noël,3"
    operator = signed_in(making.person(role="administrator"))
    assert "<td>3</td>" in operator.get("/desk/partners/ville/reach/").content.decode()


@pytest.mark.django_db
def test_nobody_else_sees_the_numbers() -> None:
    making.platform(making.community())
    assert Client().get("/studio/liege/reach/").status_code == 302
    stranger = signed_in(making.person(role="administrator", at=making.community("namur")))
    assert stranger.get("/studio/liege/reach.csv").status_code in {403, 404}
    assert stranger.get("/desk/partners/ville/reach/").status_code == 403
    assert PageCount.objects.count() == 0
