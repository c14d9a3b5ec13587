"""`perron demo`: what it says, and where it refuses."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from perron.accounts.models import Person
from perron.communities.models import Community
from perron.project.demo import places
from tests.demo.noon import small_pictures

pytestmark = pytest.mark.django_db


def test_an_installation_for_real_use_does_not_take_the_demo(settings: Settings) -> None:
    settings.PERRON_ORIGIN = "https://app.commune.example"
    with pytest.raises(CommandError, match=r"password|row-level security"):
        call_command("demo")
    assert not Community.objects.exists()
    assert not Person.objects.exists()


def test_the_command_says_how_to_sign_in_and_is_silent_when_asked() -> None:
    said, silence = StringIO(), StringIO()
    with small_pictures():
        call_command("demo", stdout=said)
        call_command("demo", "--quiet-if-loaded", stdout=silence)
    assert places.PASSWORD in said.getvalue()
    assert "editor@liege.example" in said.getvalue()
    assert not silence.getvalue()
