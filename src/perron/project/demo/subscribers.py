"""Who gets news by e-mail in the demo: enough to be counted, and one reader with a digest of several communities."""

from collections.abc import Mapping
from datetime import timedelta
from itertools import cycle

from django.db import transaction

from perron.audience.choices import Rhythm, packed
from perron.audience.models import Recipient, Subscription
from perron.communities.models import Area, Community
from perron.core.clock import now
from perron.core.language import LANGUAGES
from perron.privacy.subjects import of_address

READER = "lectrice@perron.example"
_FOLLOWED = ("liege", "bibliotheque-du-perron", "eaux-de-la-vesdre")
_OTHERS = 34
_SINCE = timedelta(days=10)


def bring_in(communities: Mapping[str, Community]) -> None:
    """Subscribe them, once: one reader to several communities by a daily digest, the others to the first of these."""
    if Recipient.stored.filter(email=READER).exists():
        return
    with transaction.atomic():
        reader = _reader(READER, "fr")
        rows = [_row(reader, communities[slug], Rhythm.DAILY) for slug in _FOLLOWED]
        rows[0].areas = packed(Area.objects.filter(community=communities[_FOLLOWED[0]]).values_list("slug", flat=True))
        topics = cycle(["", "", "|sport|", "|culture|"])
        rhythms = cycle([Rhythm.WEEKLY, Rhythm.DAILY, Rhythm.WEEKLY, Rhythm.WEEKLY, Rhythm.AT_ONCE])
        for number, language in zip(range(_OTHERS), cycle(LANGUAGES), strict=False):
            reader = _reader(f"reader{number + 1}@perron.example", language)
            rows.append(_row(reader, communities[_FOLLOWED[0]], next(rhythms), topics=next(topics)))
        Subscription.stored.bulk_create(rows)


def _reader(email: str, language: str) -> Recipient:
    return Recipient.stored.create(subject_id=of_address(email).id, email=email, language=language,
                                   confirmed_at=now() - _SINCE)  # fmt: skip


def _row(reader: Recipient, community: Community, rhythm: Rhythm, topics: str = "") -> Subscription:
    waits = None if rhythm == Rhythm.AT_ONCE else now() - timedelta(days=1)
    return Subscription(recipient=reader, community=community, rhythm=rhythm, topics=topics, since=now() - _SINCE,
                        collected_since=waits)  # fmt: skip
