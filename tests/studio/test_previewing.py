"""The preview: the newest draft as residents will read it, framed as a phone and a desktop, for members alone."""

import re

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from perron.communities import versions
from perron.communities.models import Community
from perron.publishing import drafting
from perron.publishing.content import Words
from perron.publishing.kinds.registry import KINDS
from perron.publishing.models import Item, Release
from tests import making

HOSTILE = "<script>alert(1)</script> [here](javascript:alert(2)) <img src=x onerror=alert(3)> **bold**"


def screen(item: Item) -> str:
    return f"/studio/liege/items/{item.pk}/preview/"


def framed(item: Item, language: str = "fr") -> str:
    return f"{screen(item)}{language}/"


def test_it_shows_the_same_page_as_a_phone_and_as_a_desktop(liege: Community, author: Client) -> None:
    item = making.draft(at=liege)
    page = BeautifulSoup(author.get(screen(item)).content, "html.parser")
    frames = {frame.parent["class"][0]: frame for frame in page.select("figure iframe") if frame.parent}
    assert set(frames) == {"phone", "desktop"}
    assert {frame["src"] for frame in frames.values()} == {f"{framed(item)}page/"}
    # What is written in it runs nowhere.
    assert {" ".join(frame["sandbox"]) for frame in frames.values()} == {"allow-same-origin"}
    assert all(frame["title"] for frame in frames.values())


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_shows_what_its_page_will_show(kind: str, liege: Community, author: Client, editor: Client) -> None:
    item = making.draft(kind, at=liege)
    before = main(author.get(framed(item)))
    editor.post(f"/studio/liege/items/{item.pk}/release/", {"edition": item.edition})
    item.refresh_from_db()
    assert item.state == Item.State.RELEASED
    public = main(Client().get(f"/fr/liege/{item.slug}/"))
    assert "Marché de Noël" in before
    missing = [line for line in before.split("\n") if line not in public]
    assert missing == []


def test_a_correction_shows_here_and_nowhere_else_until_it_is_released(liege: Community, author: Client) -> None:
    item = making.released(at=liege)
    address, stand, releases = f"/fr/liege/{item.slug}/", versions.current(), Release.objects.count()
    writer = item.community.members.get().person.actor
    drafting.save(item, making.content(title="Marché déplacé"), by=writer, expected=1)
    assert "Marché déplacé" in main(author.get(framed(item)))
    public = Client().get(address).content.decode()
    assert "Marché de Noël" in public
    assert "déplacé" not in public
    assert (versions.current(), Release.objects.count()) == (stand, releases)


def test_the_tabs_are_the_languages_and_open_with_one_that_is_written(liege: Community, author: Client) -> None:
    item = making.draft(at=liege, texts={"nl": Words(title="Kerstmarkt", body="Tekst.")})
    page = BeautifulSoup(author.get(screen(item)).content, "html.parser")
    assert [tab["lang"] for tab in page.select(".tabs-row a[lang]")] == ["fr", "nl", "de", "en"]
    assert [tab["lang"] for tab in page.select('.tabs-row a[lang][aria-current="true"]')] == ["nl"]
    german = BeautifulSoup(author.get(f"{screen(item)}?language=de").content, "html.parser")
    assert {frame["src"] for frame in german.select("iframe")} == {f"{framed(item, 'de')}page/"}
    assert b"Kerstmarkt" in author.get(framed(item, "de")).content
    assert "Sie lesen ihn auf Niederländisch" in main(author.get(framed(item, "de")))


@pytest.mark.parametrize("language", ["xx", "%3Cscript%3E", "fr-be"])
def test_a_language_that_is_none_shows_the_first(language: str, liege: Community, author: Client) -> None:
    item = making.draft(at=liege)
    assert f'src="{framed(item)}page/"' in author.get(f"{screen(item)}?language={language}").content.decode()


def test_without_a_title_it_says_what_to_write(liege: Community, author: Client) -> None:
    item = making.draft(at=liege, texts={"fr": Words(title="", body="Un texte.")})
    assert author.get(screen(item)).status_code == 200
    assert "Write a title first" in main(author.get(framed(item)))


def test_details_that_are_not_complete_yet_are_left_out(liege: Community, author: Client) -> None:
    item = making.draft("event", at=liege, details={"starts": "", "ends": ""})
    answer = author.get(framed(item))
    assert answer.status_code == 200
    assert "Marché de Noël" in main(answer)


def test_what_is_written_in_it_cannot_act(liege: Community, author: Client) -> None:
    item = making.draft(at=liege, texts={"fr": Words(title="<b>Titre</b>", summary=HOSTILE, body=HOSTILE)})
    answer = author.get(framed(item))
    page = BeautifulSoup(answer.content, "html.parser")
    article = page.select_one("main")
    assert article
    assert (article.select("script"), article.select("[onerror]")) == ([], [])
    assert not any(str(link.get("href")).startswith("javascript:") for link in article.select("a"))
    assert page.select_one("h1 b") is None
    assert "script-src 'none'" in answer["Content-Security-Policy"]


def test_only_the_studio_may_frame_it_and_nobody_keeps_it(liege: Community, author: Client) -> None:
    item = making.draft(at=liege)
    inner, outer = author.get(framed(item)), author.get(screen(item))
    assert "frame-ancestors 'self'" in inner["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in outer["Content-Security-Policy"]
    assert (inner["X-Frame-Options"], outer["X-Frame-Options"]) == ("SAMEORIGIN", "DENY")
    assert inner["Cache-Control"] == outer["Cache-Control"] == "no-store"
    assert Client().get(framed(item)).status_code == 302


def test_programs_and_installed_apps_find_nothing_in_it(liege: Community, author: Client) -> None:
    page = BeautifulSoup(author.get(framed(making.draft(at=liege))).content, "html.parser")
    assert page.select('link[rel="canonical"], link[rel="alternate"], link[rel="manifest"], script') == []


def test_the_live_preview_renders_like_the_public_page(liege: Community, author: Client) -> None:
    answer = author.post("/studio/liege/rendered/", {"body": HOSTILE})
    assert "<strong>bold</strong>" in answer.content.decode()
    rendered = BeautifulSoup(answer.content, "html.parser")
    assert rendered.select("script, img, a[href^=javascript]") == []
    assert author.get("/studio/liege/rendered/").status_code == 405
    assert author.post("/studio/liege/rendered/", {}).content == b""
    assert author.post("/studio/liege/rendered/", {"body": "x" * 3_000_000}).status_code < 500


def main(answer: object) -> str:
    """Return the text of the page's main part, a line for each piece."""
    found = BeautifulSoup(answer.content, "html.parser").select_one("main")  # type: ignore[attr-defined]
    assert found
    return re.sub(r"\n\s*", "\n", found.get_text("\n", strip=True))
