"""Staff without a second factor in their session are no staff."""

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.http import HttpRequest, HttpResponse, QueryDict
from django.test import Client

from perron.accounts.factors import RECENT
from perron.accounts.models import Person
from perron.communities import access, strong_staff
from perron.communities.models import Member
from perron.communities.permissions import FOUND
from perron.communities.roles import ROLES, Level, Role
from perron.communities.strong_staff import remove_factor, reset_factors
from perron.core.errors import NotAllowed, Refused
from perron.letters.models import Letter
from perron.privacy.acting import SYSTEM
from perron.privacy.models import AuditEntry
from perron.project.demo import places
from tests import making

pytestmark = pytest.mark.django_db

FIRST, CONFIRM = "/account/security/first/", "/account/confirm/"


@pytest.fixture(autouse=True)
def _no_earlier_attempts() -> None:
    cache.clear()


@pytest.fixture
def editor() -> Person:
    return making.person("editor@example.org", role="editor", at=making.community())


def by_password(person: Person) -> Client:
    client = Client()
    client.post("/account/sign-in/", {"login": person.email, "password": making.PASSWORD})
    return client


@pytest.mark.once
@pytest.mark.parametrize(("whose", "role"), [(level, role) for level in Level for role in ROLES[level]])
def test_whoever_has_any_role_is_led_to_a_second_factor_first(role: Role, whose: Level) -> None:
    liege = making.community()
    scopes = {Level.OPERATOR: None, Level.PARTNER: liege.partner, Level.COMMUNITY: liege}
    person = making.person(role=role, at=scopes[whose])
    client = by_password(person)
    for path in ("/studio/", "/studio/liege/items/", "/desk/", "/desk/members/", "/desk/partners/ville/members/"):
        for answer in (
            client.get(path),
            client.post(path, {"email": "x@example.org", "role": "editor", "invite": "1"}),
        ):
            assert answer["Location"].startswith(FIRST), path
    page = client.get(FIRST).content.decode()
    assert "/account/security/app/new/" in page
    # Their own account and what is public are open to them; a draft's picture is not (`reader.media`).
    assert client.get("/account/data/").status_code == 200
    assert client.get("/account/security/").status_code == 200
    assert Member.objects.count() == 1


def test_a_session_from_before_the_role_or_the_factor_is_asked_too() -> None:
    person = making.person()
    client = by_password(person)
    assert client.get("/studio/").status_code == 200
    Member.objects.create(person=person, role="editor", community=making.community())
    assert client.get("/studio/")["Location"].startswith(FIRST)
    making.app(person)
    assert client.get("/studio/")["Location"].startswith(CONFIRM)
    answer = client.post(CONFIRM, {"code": making.code(), "next": "/studio/liege/items/"})
    assert answer["Location"] == "/studio/liege/items/"
    assert client.get("/studio/liege/items/").status_code == 200


def test_setting_up_an_app_opens_the_studio_and_signing_in_again_asks_for_its_code(editor: Person) -> None:
    client = by_password(editor)
    client.get("/account/security/app/new/")
    secret = client.session["mfa.totp.secret"]
    client.post("/account/security/app/new/", {"code": making.code(secret, after=-1)})
    assert client.get("/studio/liege/items/").status_code == 200
    again = Client()
    form = {"login": editor.email, "password": making.PASSWORD, "next": "/studio/liege/items/"}
    second = again.post("/account/sign-in/", form)["Location"]
    assert again.get("/studio/liege/items/")["Location"].startswith("/account/sign-in/")
    assert again.post(second, {"code": making.code(secret, after=-1)}).status_code == 200
    assert again.post(second, {"code": making.code(secret)})["Location"] == "/studio/liege/items/"
    assert again.get("/studio/liege/items/").status_code == 200


def test_staff_keep_one_factor_and_others_need_none(editor: Person) -> None:
    row, resident = making.app(editor), making.person()
    with pytest.raises(Refused, match="Add another one first"):
        remove_factor(editor, row, by=editor.actor)
    remove_factor(resident, making.app(resident), by=resident.actor)
    second = Authenticator.objects.create(user=editor, type="webauthn", data={"name": "", "credential": {}})
    remove_factor(editor, row, by=editor.actor)
    assert list(Authenticator.objects.all()) == [second]


def test_what_is_signed_asks_for_the_factor_and_is_then_carried_out_as_it_was_posted(editor: Person) -> None:
    """`reset` at the desk stands for whatever is signed: it goes through the same `ask_for_factor`."""
    making.app(editor)
    chief = making.person("chief@example.org", role="administrator", at=making.partner())
    making.app(chief)
    client, member = Client(), Member.objects.get(person=editor)
    making.sign_in(client, chief, lasts=-RECENT * 2)
    path = "/desk/communities/liege/members/"
    asked = client.post(path, {"reset": str(member.pk)})["Location"]
    assert asked.startswith(CONFIRM)
    assert client.post(asked, {"code": "000000", "next": path}).status_code == 422
    assert Authenticator.objects.filter(user=editor).exists()
    assert client.post(asked, {"code": making.code(), "next": path})["Location"] == path
    assert not Authenticator.objects.filter(user=editor).exists()


@pytest.mark.once
def test_the_decorator_marks_who_may_unchanged_and_leads_who_has_none_to_set_one_up(editor: Person) -> None:
    view = access.strongly_signed_in(access.requires(FOUND)(lambda _request: HttpResponse("signed")))
    assert view.who_may is FOUND  # type: ignore[attr-defined]
    request = HttpRequest()
    request.method, request.path, request.GET = "GET", "/desk/x/", QueryDict()
    request.user, request.session = editor, Client().session
    assert view(request).headers["Location"] == f"{FIRST}?next=%2Fdesk%2Fx%2F"
    making.app(editor)
    assert view(request).headers["Location"].startswith(CONFIRM)


def test_an_administrator_above_takes_lost_factors_away_and_both_see_it(editor: Person) -> None:
    making.app(editor)
    elsewhere = Client()
    elsewhere.force_login(editor)
    chief = making.person("chief@example.org", role="administrator", at=making.community())
    reset_factors(Member.objects.get(person=editor), by=chief.actor)
    assert not Authenticator.objects.exists()
    assert elsewhere.get("/studio/")["Location"].startswith("/account/sign-in/")
    assert by_password(editor).get("/studio/")["Location"].startswith(FIRST)
    assert AuditEntry.objects.get(verb="reset factors").actor_id == chief.pk
    assert Letter.objects.get(context__what="factors-reset").to == editor.email


def test_nobody_takes_away_the_factors_of_those_whom_they_do_not_administer(editor: Person) -> None:
    liege, namur = making.community(), making.community("namur", partner=making.partner("other"))
    member = Member.objects.get(person=editor)
    chief = making.person("chief@example.org", role="administrator", at=liege)
    stranger = making.person("stranger@example.org", role="administrator", at=namur)
    for by in (stranger, editor, making.person("author@example.org", role="author", at=liege)):
        with pytest.raises((NotAllowed, Refused)):
            reset_factors(member, by=by.actor)
    with pytest.raises(Refused):
        reset_factors(Member.objects.get(person=chief), by=chief.actor)
    # Who acts for others as well is the operator's affair: their account opens more than this community.
    Member.objects.create(person=editor, community=namur, role="administrator")
    with pytest.raises(NotAllowed):
        reset_factors(member, by=chief.actor)
    reset_factors(member, by=making.person("operator@example.org", role="administrator").actor)
    reset_factors(member, by=SYSTEM)


@pytest.fixture
def demo() -> Person:
    places.note_path().write_text("{}")
    return making.person("admin@perron.example", role="administrator")


def test_the_demos_own_accounts_are_excused_on_ones_own_machine_and_the_screen_says_so(
    demo: Person, editor: Person, settings: object
) -> None:
    assert by_password(demo).get("/desk/").status_code == 200
    assert by_password(editor).get("/studio/")["Location"].startswith(FIRST)
    assert "démo" in Client().get("/account/sign-in/").content.decode()
    settings.PERRON_ORIGIN = "https://app.example.org"  # type: ignore[attr-defined]
    assert strong_staff.must_have_factor(demo)
    settings.PERRON_ORIGIN = "http://localhost:8000"  # type: ignore[attr-defined]
    places.note_path().unlink()
    assert by_password(demo).get("/desk/")["Location"].startswith(FIRST)
    assert "démo" not in Client().get("/account/sign-in/").content.decode()


def test_who_has_the_machine_takes_away_the_last_administrators_factors(capsys: pytest.CaptureFixture[str]) -> None:
    last = making.person("last@example.org", role="administrator")
    making.app(last)
    call_command("factors", "Last@example.org")
    assert Authenticator.objects.exists()
    call_command("factors", "last@example.org", "--take-away")
    assert not Authenticator.objects.exists()
    assert AuditEntry.objects.get(verb="reset factors").actor_kind == "system"
    with pytest.raises(CommandError):
        call_command("factors", "nobody@example.org")
