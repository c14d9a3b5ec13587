import io

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from perron.accounts.models import Person
from perron.communities.access import holds
from perron.communities.models import Platform
from perron.communities.permissions import FOUND
from tests import making

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _without_collecting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("perron.project.management.commands.init.prepare", lambda: None)


def init(monkeypatch: pytest.MonkeyPatch, *arguments: str, typed: str = "") -> str:
    output = io.StringIO()
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    call_command("init", *arguments, stdout=output)
    return output.getvalue()


def test_without_a_terminal_a_password_is_made_and_shown_once(monkeypatch: pytest.MonkeyPatch) -> None:
    said = init(monkeypatch, "--email", "anne@example.org", "--operator", "Letsgocity")
    password = said.split("shown this once: ")[1].split()[0]
    person = Person.objects.get()
    assert (person.email, person.check_password(password), holds(person, FOUND)) == ("anne@example.org", True, True)
    platform = Platform.objects.get()
    assert (platform.name, platform.is_front, platform.communities.count()) == ("Letsgocity", True, 0)


def test_a_second_run_refuses_and_doubles_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    init(monkeypatch, "--email", "anne@example.org")
    with pytest.raises(CommandError, match="already"):
        init(monkeypatch, "--email", "bert@example.org")
    assert (Person.objects.count(), Platform.objects.count()) == (1, 1)


def test_the_password_comes_from_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    said = init(monkeypatch, "--email", "a@example.org", "--password", "stdin", typed=f"{making.PASSWORD}\n")
    assert making.PASSWORD not in said
    assert Person.objects.get().check_password(making.PASSWORD)


def test_the_password_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CommandError, match="PERRON_PASSWORD is empty"):
        init(monkeypatch, "--email", "a@example.org", "--password", "env")
    monkeypatch.setenv("PERRON_PASSWORD", making.PASSWORD)
    assert making.PASSWORD not in init(monkeypatch, "--email", "a@example.org", "--password", "env")
    assert Person.objects.get().check_password(making.PASSWORD)


def test_two_different_passwords_change_nothing(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    answers = iter([making.PASSWORD, "another long password"])
    monkeypatch.setattr("getpass.getpass", lambda _prompt: next(answers))
    with pytest.raises(CommandError, match="differ"):
        init(monkeypatch, "--email", "a@example.org", "--password", "ask")
    assert not Person.objects.exists()


@pytest.mark.parametrize(
    ("email", "password", "sentence"),
    [
        ("", making.PASSWORD, "Name the first administrator"),
        ("nobody", making.PASSWORD, "Enter a valid email address"),
        ("a@example.org", "short", "at least 15 characters"),
        ("a@example.org", "", "at least 15 characters"),
    ],
)
def test_what_does_not_do_is_refused_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch, email: str, password: str, sentence: str
) -> None:
    # The command line speaks English, whatever the installation's first language is.
    with pytest.raises(CommandError, match=sentence):
        init(monkeypatch, "--email", email, "--password", "stdin", typed=f"{password}\n")
    assert not Person.objects.exists()
    assert not Platform.objects.exists()
