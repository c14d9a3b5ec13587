"""When the contract with a partner has ended, its subscriptions go, and each reader is told once."""

import pytest

from perron.audience import winding_down
from perron.audience.models import Channel, Recipient, Subscription
from perron.letters.models import Letter
from perron.letters.rendering import render
from perron.privacy.models import Restriction
from perron.privacy.restrictions import restrict
from tests import making
from tests.delivery.town import reader

pytestmark = pytest.mark.django_db


def test_each_is_told_once_of_all_that_ended_in_their_language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(winding_down, "_AT_ONCE", 2)
    liege = making.community(names={"fr": "Liège", "nl": "Luik"})
    library = making.community("library", names={"fr": "Bibliothèque"})
    namur = making.community("namur", partner=making.partner("other"))
    for community in (liege, library, namur):
        reader(community, "anne@example.org")
    reader(liege, "bart@example.org", language="nl")
    for number in range(3):
        reader(library, f"r{number}@example.org")
    device = reader(liege, "https://push.example.org/1")
    Recipient.stored.filter(pk=device.pk).update(email="", channel=Channel.PUSH)
    kept = reader(liege, "kept@example.org")
    restrict(kept.subject, Restriction.Ground.CLAIMS, by=making.person(role="administrator").actor)
    assert winding_down.end_those_of(liege.partner) == (7, 1)
    assert {row.recipient.email for row in Subscription.stored.all()} == {"anne@example.org", "kept@example.org"}
    assert Recipient.stored.count() == 2
    letters = {letter.to: letter for letter in Letter.objects.filter(kind="subscription-closed")}
    assert sorted(letters) == [
        "anne@example.org",
        "bart@example.org",
        *(f"r{number}@example.org" for number in range(3)),
    ]
    assert Letter.objects.count() == len(letters)
    assert letters["anne@example.org"].context == {"partner": "Ville", "communities": ["Liège", "Bibliothèque"]}
    assert letters["bart@example.org"].context["communities"] == ["Luik"]
    for each in letters.values():
        assert render(each)
    assert winding_down.end_those_of(liege.partner) == (0, 1)
