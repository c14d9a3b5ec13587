"""X7: how to reach the controller and the authority, on the policy page, with both of the authority's links."""

import pytest
from django.test import Client
from django.utils.html import escape

from perron.core.language import LANGUAGES
from tests import making

AUTHORITY = (
    "Rue de la Presse 35, 1000 Bruxelles",
    "+32 2 274 48 00",
    "https://www.autoriteprotectiondonnees.be/citoyen/vie-privee/quels-sont-mes-droits-",
    "https://www.autoriteprotectiondonnees.be/citoyen/agir/introduire-une-plainte",
)
OPERATOR = ("Boulevard Piercot 44, 4000 Liège", "+32 472 55 19 43", "mailto:privacy@letsgocity.be")


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_policy_page_says_whom_to_ask_and_where_to_complain(client: Client, language: str) -> None:
    making.platform(making.community())
    page = client.get(f"/{language}/privacy/").content.decode()
    for said in (*AUTHORITY, *OPERATOR):
        assert escape(said) in page
    assert 'href="/account/rights/"' in page
