"""What became of an item's messages, for those who published it: numbers by channel, and nobody's name."""

from collections import Counter, defaultdict
from dataclasses import dataclass

from perron.audience.models import Channel
from perron.delivery.ending import in_detail, summed
from perron.delivery.explaining import failure_in_words
from perron.delivery.models import Delivery, Dispatch
from perron.publishing.models import Item, Release

State = Delivery.State
type Rows = list[tuple[str, str, str, int]]


@dataclass(frozen=True)
class OfChannel:
    """How many messages of one channel stand how: the state's name, why, and the number."""

    channel: str
    wanted: int
    said: list[tuple[str, str, int]]


@dataclass(frozen=True)
class Line:
    """One release of an item, and how many of its messages stand how, by `Delivery.State`."""

    release: Release
    # Who took it over after its release and had it sent to its own subscribers; "" for the release itself.
    taken_over_by: str
    numbers: Counter[str]
    channels: list[OfChannel]
    is_over: bool

    @property
    def wanted(self) -> int:
        """How many wanted it."""
        return sum(self.numbers.values())


def of_item(item: Item) -> list[Line]:
    """Return what became of each release that was sent, newest first.

    What nobody wanted is told of a first release only: corrections are sent to few.
    """
    rows = Dispatch.objects.filter(release__item=item).select_related("release").order_by("-release__at", "-id")
    places = {place.pk: str(place.community) for place in item.placements.select_related("community")}
    lines = [_line(row, places.get(row.about, "")) for row in rows]
    return [line for line in lines if line.wanted or line.release.what == Release.What.RELEASED]


def _line(dispatch: Dispatch, taken_over_by: str) -> Line:
    assert dispatch.release is not None
    over = dispatch.ended_at is not None
    rows = _kept(dispatch) if over else in_detail(dispatch)
    return Line(dispatch.release, taken_over_by, summed(rows), by_channel(rows), over)


def _kept(dispatch: Dispatch) -> Rows:
    """Return what was counted when it was over; before there was another channel than mail, without more detail."""
    before = [(Channel.EMAIL.value, state, "", number) for state, number in dispatch.tally.items()]
    return [(channel, state, why, number) for channel, state, why, number in dispatch.detail] or before


def by_channel(rows: Rows) -> list[OfChannel]:
    """Return counted rows channel by channel, in words."""
    found: dict[str, Rows] = defaultdict(list)
    for row in rows:
        found[row[0]].append(row)
    return [
        OfChannel(
            str(channel.label),
            sum(number for *_rest, number in found[channel]),
            [
                (str(state.label), failure_in_words(channel, why), number)
                for state in State
                for _channel, stands, why, number in found[channel]
                if stands == state
            ],
        )
        for channel in Channel
        if channel in found
    ]
