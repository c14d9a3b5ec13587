"""X1: the policy itself informs; a client whose data include its staff's undertakes to inform them."""

import pytest
from django.test import Client
from django.utils.html import escape

from perron.accounts.models import Person
from perron.communities.roles import Role
from perron.core.language import LANGUAGES
from perron.privacy.policy.current import policy
from perron.privacy.policy.rendering import words_for
from tests import making

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_activity_is_on_the_policy_page_in_words(client: Client, language: str) -> None:
    making.platform(making.community())
    page = client.get(f"/{language}/privacy/").content.decode()
    words = words_for(policy(), language)
    for id_, activity in policy().activities.items():
        said = words.activity(id_)
        assert f'id="{id_}"' in page
        for sentence in (said.purpose, said.consequence, said.interest, *said.bases.values()):
            assert escape(sentence) in page
        assert all(escape(words.category(category)) in page for category in activity.categories)


def test_a_notice_stands_beside_the_form_to_sign_in(client: Client) -> None:
    page = client.get("/account/sign-in/", HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert escape(words_for(policy(), "en").activity("staff").purpose) in page
    assert "/en/privacy/#staff" in page


def test_the_terms_hold_the_undertaking_and_each_clause(client: Client) -> None:
    making.partner("ville")
    client.force_login(making.person(role=Role.ADMINISTRATOR))
    for language in LANGUAGES:
        page = client.get(f"/desk/partners/ville/agreements/contract/?text=new&language={language}").content.decode()
        words = words_for(policy(), language)
        assert escape(words.statement("undertaking")) in page
        assert all(f"28(3)({point})" in page for point in "abcdefgh")
        assert "28(2)" in page
        assert "Amazon Web Services EMEA SARL" in page
    assert Person.objects.count() == 1
