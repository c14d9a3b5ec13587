"""Every form of the desk, every field, every kind of value that is not what was asked: a sentence, never a crash."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from perron.communities.models import Area, Community, Partner, Platform, Topic
from perron.communities.roles import Role
from tests import making

pytestmark = pytest.mark.django_db

HOSTILE = {
    "empty": "",
    "overlong": "x" * 30_000,
    "script": "<script>alert(1)</script>",
    "attribute": "\"><img src=x onerror=alert(1)>",
    "bidi": "Lie\u202egenruoj\u2066",
    "null": "Li\x00ege",
    "emoji": "🎉👩‍👩‍👧",
    "rtl": "بلدية لييج",
    "number": "1e999",
    "template": "{{ 7*7 }}{% url 'x' %}%(name)s",
    "json": '{"type": "Polygon", "coordinates": [[["a", null], [NaN, 1e400]]]}',
    "deep": "[" * 20_000,
    "lone surrogate": "\ud800".encode("utf-8", "surrogatepass").decode("utf-8", "replace"),
}  # fmt: skip

# What PostgreSQL might refuse where SQLite keeps it is asked of both. These are words like any: pages must escape them.
WORDS = {"script", "attribute", "bidi", "emoji", "rtl", "template"}
EACH = [pytest.param(value, marks=pytest.mark.once) if value in WORDS else value for value in HOSTILE]

type Answers = dict[str, Any]


def _partner() -> tuple[str, Answers]:
    return "/desk/partners/new/", {"name": "Ville", "enterprise_number": "0207725104"}


def _platform() -> tuple[str, Answers]:
    answers = {"partner": making.partner().pk, "name": "App", "slug": "poche", "host": "a.example", "colour": "#7a1f2b"}
    return "/desk/platforms/new/", answers | {"languages": ["fr"], "first_language": "fr"}


def _community() -> tuple[str, Answers]:
    answers = {
        "partner": making.partner().pk,
        "kind": "shop",
        "slug": "shop",
        "commune_nis": "Liège",
        "name_fr": "Shop",
    }
    contacts = {
        "street": "Rue 1",
        "postal_code": "4000",
        "locality": "Liège",
        "phone": "04 221 80 00",
        "email": "a@b.be",
    }
    languages = {"languages": ["fr"], "first_language": "fr", "name_nl": "", "name_de": "", "name_en": ""}
    return "/desk/communities/new/", answers | contacts | languages | {"website": "https://a.be", "fictional": "on"}


def _topic() -> tuple[str, Answers]:
    return "/desk/topics/new/", {"slug": "culture", "name_fr": "Culture", "position": "1"}


def _area() -> tuple[str, Answers]:
    path = f"/desk/communities/{making.community().slug}/areas/new/"
    return path, {"slug": "centre", "name_fr": "Centre", "communes_nis": "Liège", "drawn": ""}


def _members() -> tuple[str, Answers]:
    path = f"/desk/communities/{making.community().slug}/members/"
    return path, {"invite": "1", "email": "a@example.org", "role": "editor"}


def _arranging() -> tuple[str, Answers]:
    platform = making.platform(making.community())
    return f"/desk/platforms/{platform.slug}/communities/", {"up": "liege", "remove": "", "add": ""}


def _changing_members() -> tuple[str, Answers]:
    return "/desk/members/", {"change": "x", "end": "", "role": "editor"}


FORMS: list[Callable[[], tuple[str, Answers]]] = [
    _partner, _platform, _community, _topic, _area, _members, _arranging, _changing_members,
]  # fmt: skip


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(making.person(role=Role.ADMINISTRATOR))
    client.raise_request_exception = True
    return client


@pytest.mark.parametrize("form", FORMS)
def test_the_right_answers_are_taken(desk: Client, form: Callable[[], tuple[str, Answers]]) -> None:
    # Otherwise what follows would be refused for another reason than the one meant.
    path, answers = form()
    assert desk.post(path, answers).status_code in ({404} if form is _changing_members else {200, 302})


@pytest.mark.parametrize("hostile", EACH)
@pytest.mark.parametrize("form", FORMS)
def test_one_hostile_value_in_each_field(desk: Client, form: Callable[[], tuple[str, Answers]], hostile: str) -> None:
    path, answers = form()
    for field in answers:
        answer = desk.post(path, answers | {field: HOSTILE[hostile]})
        assert answer.status_code in {200, 302, 404, 422}, field
        page = answer.content.decode()
        assert HOSTILE["script"] not in page
        assert "<img src=x" not in page
    _nothing_hostile_was_kept()


@pytest.mark.parametrize("form", FORMS)
def test_nothing_at_all_and_each_field_missing(desk: Client, form: Callable[[], tuple[str, Answers]]) -> None:
    path, answers = form()
    assert desk.post(path, {}).status_code in {200, 302, 404, 422}
    for field in answers:
        rest = {name: value for name, value in answers.items() if name != field}
        assert desk.post(path, rest).status_code in {200, 302, 404, 422}, field


@pytest.mark.parametrize("form", [_partner, _platform, _community, _topic, _area, _members])
def test_a_refusal_says_what_to_change_and_keeps_the_answers(
    desk: Client, form: Callable[[], tuple[str, Answers]]
) -> None:
    path, answers = form()
    field: str = next(name for name in ("slug", "role", "name") if name in answers)
    kept: str = next(
        name for name in ("name_fr", "enterprise_number", "colour", "email") if name in answers and name != field
    )
    answer = desk.post(path, answers | {field: ""})
    assert answer.status_code == 422
    page = answer.content.decode()
    with translation.override("fr"):
        sentence = str(answer.context["form"].errors[field][0])
    assert page.count(sentence.replace("'", "&#x27;")) >= 2  # in the summary, and beside the field
    assert f'value="{answers[kept]}"' in page
    assert 'role="alert"' in page


@pytest.mark.parametrize(
    "file", [b"", b"\x00" * 100, b"{", b"\xff\xfe", b"[" * 50_000, b'{"type":"Point"}', b"{}" + b" " * 1_000_001]
)
def test_a_hostile_area_file(desk: Client, file: bytes) -> None:
    path, answers = _area()
    upload = BytesIO(file)
    upload.name = "../../area.geojson"
    answer = desk.post(path, answers | {"communes_nis": "", "file": upload})
    assert answer.status_code == 422
    assert answer.context["form"].errors
    assert not Area.objects.exists()


def _nothing_hostile_was_kept() -> None:
    rows = [
        *Partner.objects.all(),
        *Platform.objects.all(),
        *Community.objects.all(),
        *Topic.objects.all(),
        *Area.objects.all(),
    ]
    for row in rows:
        text = repr([getattr(row, field.attname) for field in row._meta.concrete_fields])
        assert not any(sign in text for sign in ("\x00", "\\x00", "\u202e", "\\u202e", "\u2066", "\\u2066")), text
        assert len(text) < 5_000
