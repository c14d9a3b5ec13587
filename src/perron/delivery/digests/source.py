"""The source that digests are."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from perron.audience.keys import key_of
from perron.audience.models import Channel, Recipient
from perron.channels.email.mailing import Mailing, Prepared
from perron.core.clock import now
from perron.delivery.digests import rounds
from perron.delivery.digests.model import Digest
from perron.delivery.digests.writing import Contents, written
from perron.delivery.models import Delivery, Dispatch
from perron.delivery.quiet import Quiet
from perron.delivery.sources import NothingLeft, PassedOver, To, Wanted
from perron.letters.sender import host
from perron.privacy.declaring import Activity


class Digests:
    """What is new, for those who want it in one message a day or a week."""

    activity = Activity.SUBSCRIPTIONS

    def wanted(self, dispatch: Dispatch, *, after: UUID | None, most: int) -> Sequence[Wanted | PassedOver]:
        """Return for whom something is new. Whoever was looked at is among them: of a million readers with nothing
        new, no transaction holds more than `most`."""
        quiet, moment = Quiet(dispatch), max(dispatch.not_before, now())
        keys, readers = rounds.collect(dispatch, after, most)
        return [self._wanted(readers[key], quiet, moment) if key in readers else PassedOver(key) for key in keys]

    @staticmethod
    def _wanted(one: Recipient, quiet: Quiet, moment: datetime) -> Wanted:
        return Wanted(one.pk, one.pk, one.subject, Channel(one.channel), quiet.waits_until(one, moment))

    def is_still_news(self, dispatch: Dispatch) -> bool:
        """Say whether its time is not over."""
        return now() < dispatch.expires_at

    def recipients(self, ids: Collection[UUID]) -> Mapping[UUID, To]:
        """Return those who have not unsubscribed."""
        return {each.pk: To(each.email, each.language, each) for each in Recipient.stored.filter(pk__in=ids)}

    def writer(self, dispatch: Dispatch) -> "_Writer":
        """Return what writes it."""
        return _Writer(dispatch)


class _Writer:
    def __init__(self, dispatch: Dispatch) -> None:
        self._dispatch = dispatch
        self._quiet = Quiet(dispatch)
        self._made: dict[tuple[Contents, str], tuple[Mailing, str] | None] = {}

    def to(self, to: To, delivery: Delivery) -> Prepared:
        self._quiet.respect(to.row)
        made = self._text(self._contents(delivery), to.language)
        if made is None:
            raise NothingLeft
        mailing, own = made
        place = f"{own}{key_of(delivery.recipient_id)}/"
        return mailing.to(
            to.address,
            delivery.subject,
            message_id=f"<{delivery.pk}@{host()}>",
            own_place=place,
            unsubscribe=f"{place}stop/",
        )

    def _contents(self, delivery: Delivery) -> Contents:
        rows = Digest.objects.filter(dispatch=self._dispatch, recipient_id=delivery.recipient_id)
        items = rows.values_list("items", flat=True).first() or []
        return tuple((UUID(community), tuple(map(UUID, its_items))) for community, its_items in items)

    def _text(self, contents: Contents, language: str) -> tuple[Mailing, str] | None:
        """Return the text, made once for all who are told of the same in one language."""
        key = (contents, language)
        if key not in self._made:
            text = written(self._dispatch, contents, language)
            self._made[key] = (Mailing.of(text[0]), text[1]) if text else None
        return self._made[key]
