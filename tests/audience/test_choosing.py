"""Who wants what: the database and a single choice give the same answer, for kinds, topics and areas."""

from itertools import product

import pytest

from perron.audience.choices import About, Choice, choice_of, packed, wanting, wants
from perron.audience.models import Recipient, Subscription
from perron.communities.overlapping import Where
from perron.privacy.subjects import of_address
from tests import making

pytestmark = pytest.mark.django_db

CHOICES = [
    Choice(kinds, topics, areas)
    for kinds, topics, areas in product(
        [(), ("news",), ("event", "works")],
        [(), ("sport",), ("culture", "sport")],
        [(), ("nord",), ("gone",), ("nord", "sud")],
    )
]


def test_the_database_and_a_choice_at_hand_agree() -> None:
    liege, bare = making.community(), making.community("bare")
    Subscription.stored.bulk_create(
        [
            Subscription(
                recipient=Recipient.stored.create(
                    subject_id=of_address(f"r{place}@example.org").id, email=f"r{place}@example.org", language="fr"
                ),
                community=community,
                kinds=packed(choice.kinds),
                topics=packed(choice.topics),
                areas=packed(choice.areas),
            )
            for place, (choice, community) in enumerate(product(CHOICES, (liege, bare)))
        ]
    )
    rows = list(Subscription.stored.all())
    assert len(rows) == 2 * len(CHOICES)
    quarters = frozenset({"nord", "sud"})
    seen = set()
    for kind, topics, here in product(
        ("news", "event", "alert"), ((), ("sport",), ("other", "culture")), (None, (), ("nord",), ("sud",))
    ):
        where = {} if here is None else {liege.pk: Where(frozenset(here), quarters)}
        about = About(kind, topics, where)
        found = set(Subscription.stored.filter(wanting(about, [liege.pk, bare.pk])).values_list("pk", flat=True))
        assert found == {row.pk for row in rows if wants(choice_of(row), about, row.community_id)}
        seen.add(len(found))
    assert len(seen) > 5, "they do not all want the same"


def test_what_has_no_area_and_who_chose_none_or_one_that_is_gone_are_reached() -> None:
    liege = making.community()
    nord = {liege.pk: Where(frozenset({"nord"}), frozenset({"nord", "sud"}))}
    for areas, expected in (
        ((), True),
        (("nord",), True),
        (("sud",), False),
        (("sud", "nord"), True),
        (("gone",), True),
    ):
        for kind in ("news", "alert"):
            assert wants(Choice(areas=areas), About(kind, (), nord), liege.pk) == expected
            assert wants(Choice(areas=areas), About(kind), liege.pk)
