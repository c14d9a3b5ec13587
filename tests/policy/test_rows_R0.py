"""R0: the operator says who it is, everywhere; it runs several platforms for communities of both sectors."""

from dataclasses import replace as changed

import pytest
from django.test import Client

from perron.communities.models import Community
from perron.core.language import LANGUAGES
from perron.privacy.policy.current import policy, versions
from perron.privacy.policy.notices import notice
from perron.privacy.policy.register import as_csv, register
from perron.privacy.policy.rendering import page, words_for
from tests import making
from tests.policy.operators import latest

IDENTITY = {
    "name": "Letsgocity S.A.",
    "enterprise_number": "BE 0639.912.166",
    "email": "privacy@letsgocity.be",
    "telephone": "+32 472 55 19 43",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_version_of_the_policy_says_who_the_operator_is(language: str) -> None:
    for version in versions():
        said = {fact.id: fact.values[0].text for fact in page(version, words_for(version, language)).part("who").facts}
        assert {key: said[key] for key in IDENTITY} == IDENTITY
        assert said["address"].startswith("Boulevard Piercot 44, 4000 Liège, ")
        assert words_for(version, language).introduction.startswith("Letsgocity S.A. ")


def test_notices_and_registers_say_it_too() -> None:
    words = words_for(policy(), "fr")
    asked = {fact.id: fact.values[0].text for fact in notice(policy(), words, "B").more}
    assert asked["ask"] == "Letsgocity S.A. · privacy@letsgocity.be · +32 472 55 19 43"
    assert IDENTITY["enterprise_number"] in as_csv(register(policy(), words)) + str(register(policy(), words).about)


def test_another_operator_is_named_instead() -> None:
    other = changed(policy(), operator=latest("dorpsplein").operator)
    said = str(page(other, words_for(other, "fr")))
    assert "Dorpsplein vzw" in said
    assert "Letsgocity" not in said


@pytest.mark.django_db
def test_several_platforms_show_communities_of_both_sectors(client: Client) -> None:
    commune = making.community("liege")
    shop = making.community("boulangerie", kind=Community.Kind.SHOP)
    making.platform(commune, slug="front")
    making.platform(shop, slug="quartier", is_front=False, host="quartier.example")
    making.released(at=commune, title="Travaux rue Léopold")
    making.released(at=shop, title="Pain aux noix")
    assert "Travaux rue Léopold" in client.get("/fr/liege/").content.decode()
    assert "Pain aux noix" in client.get("/fr/boulangerie/", HTTP_HOST="quartier.example").content.decode()
    assert client.get("/fr/liege/", HTTP_HOST="quartier.example").status_code == 404
