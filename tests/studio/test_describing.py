import pytest
from django.test import Client

from perron.communities import versions
from perron.communities.models import Community
from perron.privacy.models import AuditEntry

ANSWERS = {
    "description_fr": "La Cité ardente.",
    "street": "Place du Marché 2",
    "postal_code": "4000",
    "locality": "Liège",
    "phone": "+32 4 221 80 00",
    "email": "info@liege.example",
    "website": "https://liege.example",
    "mo_from1": "9h",
    "mo_to1": "12.30",
    "mo_from2": "13:30",
    "mo_to2": "16:00",
    "exception0_date": "2026-12-25",
}


def test_an_administrator_describes_the_community(liege: Community, administrator: Client) -> None:
    before = versions.current().get(versions.of_community(liege), 0)
    assert administrator.post("/studio/liege/settings/", ANSWERS).status_code == 302
    liege.refresh_from_db()
    assert liege.descriptions == {"fr": "La Cité ardente."}
    assert liege.opening_hours == {
        "week": {"mo": [["09:00", "12:30"], ["13:30", "16:00"]]},
        "exceptions": {"2026-12-25": []},
    }
    assert versions.current()[versions.of_community(liege)] > before
    assert AuditEntry.objects.filter(verb="describe").exists()
    page = administrator.get("/studio/liege/settings/").content.decode()
    for value in ("12:30", "2026-12-25", "+32 4 221 80 00", "La Cité ardente."):
        assert f'value="{value}"' in page or f"\n{value}" in page


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("postal_code", "40"),
        ("email", "liege"),
        ("phone", "call me"),
        ("website", "javascript:alert(1)"),
        ("description_fr", "x" * 3000),
        ("street", "x" * 121),
        ("mo_from1", "25:00"),
        ("mo_from1", "soon"),
        ("mo_to1", "08:00"),
        ("mo_to1", ""),
        ("mo_from2", "12:00"),
        ("exception0_date", "2026-02-30"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(
    field: str, value: str, liege: Community, administrator: Client
) -> None:
    response = administrator.post("/studio/liege/settings/", ANSWERS | {field: value})
    assert response.status_code == 422
    page = response.content.decode()
    assert "There is something to change" in page
    assert "_error" in page
    assert "info@liege.example" in page or field == "email"
    liege.refresh_from_db()
    assert liege.descriptions == {}


@pytest.mark.parametrize("client", ["author", "editor"])
def test_others_may_not(client: str, liege: Community, request: pytest.FixtureRequest) -> None:
    assert request.getfixturevalue(client).post("/studio/liege/settings/", ANSWERS).status_code == 403
    liege.refresh_from_db()
    assert liege.street == ""


def test_a_language_that_the_form_does_not_ask_is_kept(liege: Community, administrator: Client) -> None:
    liege.descriptions = {"en": "In English"}
    liege.languages = ["fr"]
    liege.save()
    administrator.post("/studio/liege/settings/", {"description_fr": "Bonjour"})
    liege.refresh_from_db()
    assert liege.descriptions == {"en": "In English", "fr": "Bonjour"}


def test_a_day_that_opens_three_times_stays_so(liege: Community, administrator: Client) -> None:
    thrice = [["08:00", "10:00"], ["11:00", "12:00"], ["14:00", "16:00"]]
    liege.opening_hours = {"week": {"mo": thrice}}
    liege.save()
    answers = {f"mo_{name}{place}": span[end] for place, span in enumerate(thrice, 1)
               for end, name in enumerate(("from", "to"))}  # fmt: skip
    assert 'name="mo_from3"' in administrator.get("/studio/liege/settings/").content.decode()
    administrator.post("/studio/liege/settings/", answers | {"street": "Rue Haute 1"})
    liege.refresh_from_db()
    assert liege.opening_hours == {"week": {"mo": thrice}}
    overlapping = administrator.post("/studio/liege/settings/", answers | {"mo_from3": "11:30"})
    assert "begins before the one before it has ended" in overlapping.content.decode()
