"""A community's news outside the app: in other people's pages, on a display, on paper."""

import re
from collections.abc import Iterable
from xml.etree import ElementTree

import pytest
import segno
from django.test import Client

from perron.communities import versions
from perron.communities.models import Community
from perron.privacy.acting import SYSTEM
from perron.publishing import releasing
from perron.reader.elsewhere import drawing, poster
from perron.reader.elsewhere.drawing import Box, fitted, measured
from perron.reader.public import DEPENDS, UNTIL
from tests import making

pytestmark = pytest.mark.django_db
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def liege() -> Community:
    found = making.community(names={"fr": "Ville de Liège", "nl": "Stad Luik"})
    making.platform(found, name="Liège en Poche")
    return found


def test_a_widget_shows_what_is_released_and_lets_every_site_frame_it(client: Client, liege: Community) -> None:
    item = making.released(at=liege, title="Les quais aux piétons")
    making.draft(at=liege, title="Pas encore public")
    answer = client.get("/fr/liege/widget/")
    said = answer.content.decode()
    assert "Les quais aux piétons" in said
    assert "Pas encore public" not in said
    assert "X-Frame-Options" not in answer
    assert "frame-ancestors *" in answer["Content-Security-Policy"]
    assert "script-src 'none'" in answer["Content-Security-Policy"]
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert answer["X-Robots-Tag"] == "noindex"
    assert not answer.cookies
    assert versions.of_community(liege) in answer[DEPENDS]
    releasing.withdraw(item, by=SYSTEM)
    assert "Les quais aux piétons" not in client.get("/fr/liege/widget/").content.decode()


def test_other_pages_may_still_not_be_framed(client: Client, liege: Community) -> None:
    answer = client.get("/fr/liege/")
    assert answer["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]


def test_a_widget_shows_as_much_of_what_as_was_asked_for(client: Client, liege: Community) -> None:
    culture = making.topic()
    for number in range(7):
        making.released(at=liege, title=f"Nouvelle {number}", topics=(culture.slug,) if number == 3 else ())
    making.released("event", at=liege, title="Fête du quai")

    def titles(query: str) -> list[str]:
        said = client.get(f"/fr/liege/widget/{query}").content.decode()
        return re.findall(r'<h2 class="widget-title"><a [^>]*>([^<]*)</a>', said)

    assert titles("") == ["Fête du quai", "Nouvelle 6", "Nouvelle 5", "Nouvelle 4", "Nouvelle 3"]
    assert titles("?most=2") == ["Fête du quai", "Nouvelle 6"]
    assert titles("?kind=event") == ["Fête du quai"]
    assert titles("?topic=culture") == ["Nouvelle 3"]
    assert 'class="scheme-dark"' in client.get("/fr/liege/widget/?scheme=dark").content.decode()


@pytest.mark.parametrize(
    "query",
    ["most=0", "most=21", "most=-1", "most=٣", "most=9e9", "kind=gossip", "topic=none", "scheme=pink", "kind=%00"],
)
def test_a_widget_refuses_what_it_does_not_know(client: Client, liege: Community, query: str) -> None:
    assert client.get(f"/fr/liege/widget/?{query}").status_code == 404


def test_an_alert_comes_first_and_an_exercise_says_that_it_is_one(client: Client, liege: Community) -> None:
    alert = making.released("alert", at=liege, title="Fuite de gaz", details={"status": "Exercise"})
    making.released(at=liege, title="Plus récent")
    for page in ("widget", "screen"):
        answer = client.get(f"/fr/liege/{page}/")
        said = answer.content.decode()
        assert said.index("Fuite de gaz") < said.index("Plus récent")
        assert "Exercice" in said
        # When the alert ends, the page is another.
        assert float(answer[UNTIL]) <= alert.alertdetails.ends_at.timestamp()


def test_the_display_shows_each_item_with_a_code_that_opens_it(client: Client, liege: Community) -> None:
    item = making.released(at=liege, title="Les quais aux piétons")
    said = client.get("/fr/liege/screen/").content.decode()
    address = f"http://127.0.0.1:8000/fr/liege/{item.slug}/"
    drawn = re.search(r'<svg [^>]*class="code"[^>]*>.* d="([^"]+)"', said)
    assert drawn
    assert f'd="{drawn[1]}"' in segno.make(address, error="m", micro=False).svg_inline(border=2)
    assert "frame-ancestors 'none'" in client.get("/fr/liege/screen/")["Content-Security-Policy"]


def test_a_display_without_news_still_says_whose_it_is(client: Client, liege: Community) -> None:
    said = client.get("/fr/liege/screen/").content.decode()
    assert "Rien n’a encore été publié" in said
    assert said.count("data-slide") == 1


def test_the_poster_says_in_each_language_who_speaks_and_where(client: Client, liege: Community) -> None:
    for language, name in (("fr", "Ville de Liège"), ("nl", "Stad Luik")):
        answer = client.get(f"/{language}/liege/poster.svg")
        assert answer["Content-Type"] == "image/svg+xml"
        sheet = ElementTree.fromstring(answer.content)
        words = " ".join(text.text or "" for text in sheet.iter(f"{SVG}text"))
        assert name in words
        assert f"http://127.0.0.1:8000/{language}/liege/" in words
    document = client.get("/fr/liege/poster.pdf")
    assert document["Content-Type"] == "application/pdf"
    assert document.content.startswith(b"%PDF-")
    # The edge keeps it: the same poster is the same bytes.
    assert document.content == client.get("/fr/liege/poster.pdf").content


def test_the_code_on_the_poster_is_that_of_the_address(liege: Community) -> None:
    platform = liege.platforms.get()
    address = "http://127.0.0.1:8000/fr/liege/"
    matrix = [list(row) for row in segno.make(address, error="q", micro=False).matrix]
    sheet = poster.sheet(liege, platform, "fr")
    unit = poster._CODE / len(matrix)
    # Of all boxes, those as high as one module of the code.
    drawn = [shape for shape in sheet.shapes if isinstance(shape, Box) and abs(shape.height - unit) < 1e-9]
    assert _read(drawn, len(matrix), unit) == matrix


def test_everything_on_a_poster_is_on_the_paper_whatever_the_name(liege: Community) -> None:
    platform = liege.platforms.get()
    for name in ("A", "Intercommunale d’assainissement et de valorisation des déchets ménagers du pays de Herve " * 2,
                 "Arbeidsongeschiktheidsverzekeringsmaatschappij", "Żółć ŁÓDŹ 北京 🙂 <b>&amp;"):  # fmt: skip
        liege.names = {"fr": name.strip()}
        sheet = poster.sheet(liege, platform, "fr")
        for shape in sheet.shapes:
            width = shape.width if isinstance(shape, Box) else measured(shape.text, shape.font, shape.size)
            assert shape.x >= 0
            assert shape.x + width <= drawing.WIDTH + 1e-6
        ElementTree.fromstring(drawing.as_svg(sheet))
        assert drawing.as_pdf(sheet).startswith(b"%PDF-")


def test_a_text_shrinks_until_it_fits() -> None:
    size, lines = fitted("Ville de Liège", "Times-Bold", 100, size=20, most_lines=1)
    assert lines == ["Ville de Liège"]
    assert measured(lines[0], "Times-Bold", size) <= 100
    assert fitted("Ville de Liège", "Times-Bold", 300, size=20, most_lines=1)[0] == 20


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("/liege/widget?most=3", "/fr/liege/widget/?most=3"),
        ("/liege/screen", "/fr/liege/screen/"),
        ("/liege/poster.svg", "/fr/liege/poster.svg"),
        ("/liege/poster.pdf", "/fr/liege/poster.pdf"),
    ],
)
def test_without_a_language_an_address_leads_to_the_first(
    client: Client, liege: Community, short: str, long: str
) -> None:
    answer = client.get(short)
    assert answer.status_code == 302
    assert answer["Location"] == long
    assert answer["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("rest", ["widget/", "screen/", "poster.svg", "poster.pdf"])
def test_where_there_is_no_community_there_is_nothing(client: Client, liege: Community, rest: str) -> None:
    assert client.get(f"/fr/nowhere/{rest}").status_code == 404


def test_a_platform_shows_no_community_of_another(client: Client, liege: Community) -> None:
    making.platform(making.community("eupen"), slug="eupen", is_front=False, host="eupen.example")
    assert client.get("/fr/liege/widget/", headers={"host": "eupen.example"}).status_code == 404
    assert client.get("/fr/eupen/widget/", headers={"host": "eupen.example"}).status_code == 200


def test_the_studio_hands_out_the_lines_to_copy(client: Client, liege: Community) -> None:
    client.force_login(making.person(role="author", at=liege))
    said = client.get("/studio/liege/elsewhere/").content.decode()
    assert '&lt;perron-news community="liege"&gt;' in said
    assert "http://127.0.0.1:8000/widget.js" in said
    liege.platforms.clear()
    assert "perron-news" not in client.get("/studio/liege/elsewhere/").content.decode()


def _read(boxes: Iterable[Box], side: int, unit: float) -> list[list[int]]:
    boxes = list(boxes)
    left, top = min(box.x for box in boxes), min(box.y for box in boxes)
    grid = [[0] * side for _ in range(side)]
    for box in boxes:
        row, first = round((box.y - top) / unit), round((box.x - left) / unit)
        for place in range(first, first + round(box.width / unit)):
            grid[row][place] = 1
    return grid
