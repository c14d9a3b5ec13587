from datetime import timedelta

import pytest
from django.test import Client
from django.utils.html import escape

from perron.communities.models import Area, Community
from perron.core import clock
from perron.core.clock import now
from perron.privacy.acting import SYSTEM
from perron.publishing import drafting, releasing
from perron.publishing.models import AlertDetails, Item
from tests import making

ANSWERS = {
    "title_en": "Smoke in rue Grétry",
    "instructions_en": "Close doors and windows.",
    "lasts": "3",
    "status": "Actual",
}


def test_three_answers_and_one_confirmation_send_an_alert(liege: Community, editor: Client) -> None:
    asked = editor.post("/studio/liege/alert/", ANSWERS)
    item = Item.objects.get()
    assert item.state == "draft"
    assert asked["Location"] == f"/studio/liege/items/{item.pk}/release/"
    shown = editor.get(asked["Location"]).content.decode()
    for words in ("Smoke in rue Grétry", "Close doors and windows.", "Real alert", "Send the real alert now", "Front"):
        assert words in shown
    done = editor.post(asked["Location"], {"edition": item.edition})
    # An alert cannot be undone, and the page that follows says what to do instead.
    after = editor.get(done["Location"]).content.decode()
    assert "An alert cannot be undone" in after
    assert f"/studio/liege/items/{item.pk}/withdraw/" in after
    assert "/undo/" not in after
    details = AlertDetails.objects.get()
    assert details.status == "Actual"
    assert details.instructions == {"en": "Close doors and windows."}
    assert abs(details.ends_at - details.effective_at - timedelta(hours=3)) < timedelta(minutes=1)


def test_an_exercise_is_marked_all_the_way(liege: Community, editor: Client) -> None:
    asked = editor.post("/studio/liege/alert/", ANSWERS | {"status": "Exercise"})
    shown = editor.get(asked["Location"]).content.decode()
    assert "Send the exercise now" in shown
    assert "Real alert" not in shown
    editor.post(asked["Location"], {"edition": 1})
    assert AlertDetails.objects.get().status == "Exercise"
    home = editor.get("/studio/liege/").content.decode()
    assert "Exercise in force" in home
    assert '<span class="kind">Exercise</span>' in home


@pytest.mark.parametrize("missing", ["title_en", "instructions_en", "status"])
def test_a_missing_answer_is_asked_again_and_the_others_stay(missing: str, liege: Community, editor: Client) -> None:
    answers = {name: value for name, value in ANSWERS.items() if name != missing}
    response = editor.post("/studio/liege/alert/", answers)
    assert response.status_code == 422
    page = response.content.decode()
    assert 'role="alert" tabindex="-1" autofocus' in page
    for name in {"title_en", "instructions_en"} - {missing}:
        assert ANSWERS[name] in page
    assert not Item.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title_en", "x" * 141),
        ("title_en", "\0"),
        ("title_en", "\u202e"),
        ("instructions_en", "x" * 501),
        ("status", "Real"),
        ("lasts", "1000000"),
        ("lasts", "-1"),
        ("severity", "Awful"),
        ("areas", "not-an-area"),
    ],
)
def test_what_cannot_be_an_alert_is_refused(field: str, value: str, liege: Community, editor: Client) -> None:
    response = editor.post("/studio/liege/alert/", ANSWERS | {field: value})
    assert response.status_code == 422
    assert not Item.objects.exists()


@pytest.mark.parametrize("title", ["<script>alert(1)</script>", "Brand 🔥", "حريق", "a\u202eb\0c"])
def test_hostile_and_foreign_words_are_only_words(title: str, liege: Community, editor: Client) -> None:
    asked = editor.post("/studio/liege/alert/", ANSWERS | {"title_en": title})
    page = editor.get(asked["Location"]).content.decode()
    assert "<script>alert" not in page
    assert "\u202e" not in page
    assert escape(title.replace("\u202e", "").replace("\0", "")) in page


def test_subject_severity_area_and_other_languages_may_be_added(liege: Community, editor: Client) -> None:
    area = Area.objects.create(community=liege, slug="centre", names={"fr": "Centre"})
    more = {"severity": "Extreme", "category": "Fire", "areas": str(area.pk), "title_fr": "Fumées rue Grétry"}
    asked = editor.post("/studio/liege/alert/", ANSWERS | more)
    editor.post(asked["Location"], {"edition": 1})
    item = Item.objects.get()
    assert (item.alertdetails.severity, item.alertdetails.category) == ("Extreme", "Fire")
    assert list(item.areas.all()) == [area]
    assert {text.language: text.title for text in item.texts.all()}["fr"] == "Fumées rue Grétry"


def test_an_author_prepares_an_alert_and_an_editor_sends_it(liege: Community, author: Client, editor: Client) -> None:
    response = author.post("/studio/liege/alert/", ANSWERS, follow=True)
    assert "Ask an editor" in response.content.decode()
    item = Item.objects.get()
    assert author.post(f"/studio/liege/items/{item.pk}/release/", {"edition": 1}).status_code == 403
    assert Item.objects.get().state == "draft"
    editor.post(f"/studio/liege/items/{item.pk}/release/", {"edition": 1})
    assert Item.objects.get().state == "released"


def test_an_update_changes_what_people_read_and_keeps_the_rest(liege: Community, editor: Client) -> None:
    item = making.released("alert", at=liege, title="Fumées", details={"status": "Exercise", "severity": "Minor"})
    began, ends = item.alertdetails.effective_at, item.alertdetails.ends_at
    form = editor.get(f"/studio/liege/items/{item.pk}/alert/").content.decode()
    assert "Fumées" in form
    answers = {"title_fr": "Fumées : restez chez vous", "instructions_fr": "Restez chez vous.", "lasts": "",
               "status": "Exercise", "edition": 1}  # fmt: skip
    with clock.travel(clock.now() + timedelta(hours=2)):
        asked = editor.post(f"/studio/liege/items/{item.pk}/alert/", answers)
        assert "Send the exercise update now" in editor.get(asked["Location"]).content.decode()
        editor.post(asked["Location"], {"edition": 2})
    details = AlertDetails.objects.get()
    assert details.instructions == {"fr": "Restez chez vous."}
    assert (details.severity, details.status) == ("Minor", "Exercise")
    assert (details.effective_at, details.ends_at) == (began, ends)


def test_the_second_of_two_who_update_is_told(liege: Community, editor: Client) -> None:
    item = making.released("alert", at=liege, title="Fumées")
    drafting.save(item, making.content("alert", title="Fumées dissipées"), by=SYSTEM, expected=1)
    answers = {"title_fr": "Fumées bis", "instructions_fr": "Restez.", "status": "Actual", "edition": 1}
    response = editor.post(f"/studio/liege/items/{item.pk}/alert/", answers)
    assert response.status_code == 409
    assert "Fumées bis" in response.content.decode()
    item.refresh_from_db()
    assert item.edition == 2


def test_the_all_clear_asks_once_and_ends_it(liege: Community, editor: Client) -> None:
    item = making.released("alert", at=liege, title="Fumées")
    page = f"/studio/liege/items/{item.pk}/withdraw/"
    assert "Is it over?" in editor.get(page).content.decode()
    assert Item.objects.get().state == "released"
    assert "all-clear for “Fumées” is sent" in editor.post(page, follow=True).content.decode()
    assert Item.objects.get().state == "withdrawn"
    assert editor.post(page).status_code == 409


def test_an_alert_that_is_over_is_not_shown_as_live(liege: Community, editor: Client) -> None:
    item = making.draft("alert", at=liege, title="Passée", details={
        "effective_at": (now() - timedelta(hours=2)).isoformat(),
        "ends_at": (now() - timedelta(hours=1)).isoformat(),
    })  # fmt: skip
    releasing.release(item, by=SYSTEM, expected=1)
    page = editor.get("/studio/liege/").content.decode()
    assert "Passée" in page
    assert "Alert in force" not in page
