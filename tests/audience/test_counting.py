"""How many subscribe: told in whole tens, so that no small number is shown or can be found."""

import pytest
from django.test import Client

from perron.audience.counting import by_community, rounded, subscribers
from perron.audience.models import Channel, Recipient, Subscription
from perron.communities.models import Community
from perron.communities.roles import Role
from perron.privacy.subjects import of_address
from tests import making

pytestmark = pytest.mark.django_db


def subscribe(community: Community, number: int, *, topics: str = "", channel: str = "email", offset: int = 0) -> None:
    readers = Recipient.stored.bulk_create(
        Recipient(subject_id=of_address(f"r{offset + each}@example.org").id, language="fr", channel=channel)
        for each in range(number)
    )
    Subscription.stored.bulk_create(
        Subscription(recipient=reader, community=community, topics=topics) for reader in readers
    )


def test_they_are_counted_by_community_channel_and_topic_in_whole_tens() -> None:
    liege, namur = making.community(), making.community("namur")
    topics = [making.topic("culture"), making.topic("sport")]
    subscribe(liege, 14)
    subscribe(liege, 12, topics="|sport|", offset=100)
    subscribe(liege, 9, topics="|culture|", channel="push", offset=200)
    subscribe(namur, 9, offset=300)
    found = subscribers(liege, topics)
    assert found.total == 30
    assert found.channels == {Channel.EMAIL: 20, Channel.PUSH: 0, Channel.WEBHOOK: 0}
    assert found.topics == {"culture": 20, "sport": 20}
    assert by_community([liege, namur]) == {liege: 30, namur: 0}


@pytest.mark.once
def test_no_small_number_can_be_found_by_taking_one_from_another() -> None:
    """Whatever is shown, each part that is shown as small could have been at least two numbers."""
    for shown in {(rounded(a + b), rounded(a), rounded(b)) for a in range(45) for b in range(45)}:
        could_be = [(a, b) for a in range(60) for b in range(60)
                    if (rounded(a + b), rounded(a), rounded(b)) == shown]  # fmt: skip
        for part in (0, 1):
            assert len({both[part] for both in could_be}) > 1


def test_partners_read_them_in_words(client: Client) -> None:
    liege = making.community()
    making.topic("sport")
    subscribe(liege, 23)
    subscribe(making.community("namur"), 3, offset=100)
    making.sign_in(client, making.person(role=Role.EDITOR, at=liege))
    page = client.get("/studio/liege/reach/").content.decode()
    assert "20 ou plus" in page
    assert "moins de 10" in page
    assert ">23<" not in page
    assert "20 ou plus" in client.get("/studio/liege/reach.csv").content.decode()
    making.sign_in(client, making.person(role=Role.ADMINISTRATOR, at=liege.partner))
    for address in ("/desk/partners/ville/reach/", "/desk/partners/ville/reach.csv"):
        page = client.get(address).content.decode()
        assert "20 ou plus" in page
        assert "moins de 10" in page
