"""H: page counts and nothing else, by counters that cannot tell one visitor twice from two visitors once."""

import codecs
import csv
import io
import re
from uuid import uuid4

import pytest
from django.test import Client

from perron.communities.models import Member
from perron.communities.roles import Role
from perron.core import clock
from perron.privacy.policy.current import policy
from perron.statistics.counting import Opened, add
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
    file = editor.get("/studio/liege/reach.csv").content.decode("utf-8-sig").splitlines()
    assert file[0] == "What,Which,Openings"
    assert "page,Marché de Noël,3" in file
    operator = signed_in(making.person(role="administrator"))
    assert "<td>3</td>" in operator.get("/desk/partners/ville/reach/").content.decode()


@pytest.mark.django_db
def test_h_the_partners_administrator_sees_all_of_its_communities_and_gets_them_as_a_file() -> None:
    liege, namur = making.community("liege"), making.community("namur")
    add({(Opened(uuid4(), one.pk, "agenda"), clock.today()): number for one, number in ((liege, 4), (namur, 3))})
    person = making.person()
    Member.objects.create(person=person, partner=liege.partner, role=Role.ADMINISTRATOR)
    partners = signed_in(person)
    assert "/desk/partners/ville/reach/" in partners.get("/studio/").content.decode()
    page = partners.get("/desk/partners/ville/reach/?by=week").content.decode()
    assert re.search(r"<svg", page)
    assert [int(number) for number in re.findall(r"</th><td>(\d+)</td>", page)][-2:] == [4, 3]
    sent = partners.get("/desk/partners/ville/reach.csv").content
    assert sent.startswith(codecs.BOM_UTF8)
    rows = list(csv.reader(io.StringIO(sent.decode("utf-8-sig"))))
    assert rows[0] == ["What", "Which", "Openings"]
    assert ["day", clock.today().isoformat(), "7"] in rows
    assert [row for row in rows if row[0] == "Community"] == [["Community", "liege", "4"], ["Community", "namur", "3"]]


@pytest.mark.django_db
def test_nobody_else_sees_the_numbers() -> None:
    making.platform(making.community())
    assert Client().get("/studio/liege/reach/").status_code == 302
    stranger = signed_in(making.person(role="administrator", at=making.community("namur")))
    assert stranger.get("/studio/liege/reach.csv").status_code in {403, 404}
    assert stranger.get("/desk/partners/ville/reach/").status_code == 404
    assert PageCount.objects.count() == 0
