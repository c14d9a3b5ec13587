"""What became of an item's messages: numbers by channel, and nobody's name. Those who published it read them as they
read how many subscribe, in whole tens (`audience.counting`)."""

from collections import Counter, defaultdict
from dataclasses import dataclass

from django.utils.translation import gettext as _

from perron.audience.counting import rounded, said
from perron.audience.models import Channel
from perron.delivery.digests.tallying import by_digest
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
class InTens:
    """The same in words, in whole tens: what is below ten is not told from nothing, nor found by adding up the rest."""

    channel: str
    wanted: str
    said: list[tuple[str, str, str]]


@dataclass(frozen=True)
class Line:
    """One release of an item, and how many of its messages stand how, by `Delivery.State`."""

    release: Release
    # Who took it over after its release and had it sent to its own subscribers; "" for the release itself.
    taken_over_by: str
    numbers: Counter[str]
    channels: list[OfChannel]
    # Those who get it in one message a day or a week, with others.
    in_digests: OfChannel
    is_over: bool

    @property
    def wanted(self) -> int:
        """How many wanted it."""
        return sum(self.numbers.values())


@dataclass(frozen=True)
class EditorsLine:
    """A line as those who published it may read it."""

    release: Release
    taken_over_by: str
    channels: list[InTens]
    is_over: bool


def of_item(item: Item) -> list[Line]:
    """Return what became of each release that was sent, newest first, in exact numbers: for the operator.

    What nobody wanted is told of a first release only: corrections are sent to few.
    """
    return [line for line in _lines(item) if line.wanted or line.release.what == Release.What.RELEASED]


def for_editors(item: Item) -> list[EditorsLine]:
    """Return the same for those who published it. A correction that fewer than ten readers were sent is not among
    them; an alert's updates are, whoever was sent them."""
    return [
        EditorsLine(line.release, line.taken_over_by, in_tens(line), line.is_over)
        for line in _lines(item)
        if line.release.what == Release.What.RELEASED or item.kind == "alert" or _is_shown(line)
    ]


def in_tens(line: Line) -> list[InTens]:
    """Return the channels of a line in words; those of readers always, so that none of them tells by being there.

    Programs are nobody's number: whoever may see them here has a page that lists them.
    """
    found = {each.channel: each for each in line.channels}
    shown = []
    for channel in (Channel.EMAIL, Channel.PUSH):
        name = str(channel.label)
        shown.append(_in_tens(found.get(name, OfChannel(name, 0, []))))
    if line.release.what == Release.What.RELEASED and not line.taken_over_by and line.release.item.kind != "alert":
        shown.append(_in_tens(line.in_digests))
    if programs := found.get(str(Channel.WEBHOOK.label)):
        exact = [(state, why, str(number)) for state, why, number in programs.said]
        shown.append(InTens(programs.channel, str(programs.wanted), exact))
    return shown


def _in_tens(channel: OfChannel) -> InTens:
    numbers: Counter[tuple[str, str]] = Counter()
    for state, why, number in channel.said:
        # What few have in common counts among the rest of its state.
        numbers[state, why if rounded(number) else ""] += number
    rows = [(state, why, said(rounded(number))) for (state, why), number in numbers.items() if rounded(number)]
    return InTens(channel.channel, said(rounded(channel.wanted)), rows)


def _is_shown(line: Line) -> bool:
    return any(rounded(each.wanted) or each.channel == str(Channel.WEBHOOK.label) for each in line.channels)


def _lines(item: Item) -> list[Line]:
    rows = Dispatch.objects.filter(release__item=item).select_related("release__item").order_by("-release__at", "-id")
    places = {place.pk: str(place.community) for place in item.placements.select_related("community")}
    return [_line(row, places.get(row.about, "")) for row in rows]


def _line(dispatch: Dispatch, taken_over_by: str) -> Line:
    assert dispatch.release is not None
    over = dispatch.ended_at is not None
    rows = _kept(dispatch) if over else in_detail(dispatch)
    return Line(dispatch.release, taken_over_by, summed(rows), by_channel(rows), _in_digests(dispatch), over)


def _in_digests(dispatch: Dispatch) -> OfChannel:
    found = by_digest(dispatch)
    rows = [(str(state.label), "", found[state]) for state in State if found[state]]
    return OfChannel(_("in a digest, daily or weekly"), sum(found.values()), rows)


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
