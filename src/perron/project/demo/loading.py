"""Loading the demo, and moving its dates to today when it was loaded on an earlier day.

What somebody changed stays theirs: an item that a person saved, withdrew or unscheduled is not touched again.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time
from io import BytesIO
from itertools import groupby
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from perron.communities.models import Area, Community
from perron.core.clock import BRUSSELS, today
from perron.core.errors import Refused
from perron.privacy.acting import SYSTEM
from perron.project.demo import (
    agreements,
    applications,
    conversations,
    counts,
    dating,
    deliveries,
    letters,
    newsletter,
    pdf,
    places,
    requests,
    residents,
    sharing,
    sources,
    subscribers,
)
from perron.project.demo.entries import Entry, entries, table
from perron.project.demo.scenes import paint
from perron.publishing.content import Content, Enclosed, Shown, Words
from perron.publishing.drafting import new_item, newest, revision
from perron.publishing.models import Item, Release, Revision
from perron.publishing.releasing import release_many, schedule
from perron.publishing.search.indexing import index
from perron.publishing.uploading import upload_attachment, upload_image

_State = Item.State


@dataclass(frozen=True)
class Loaded:
    """How many items were made and how many moved to today."""

    made: int
    moved: int


def is_loaded() -> bool:
    """Say whether the demo is there, with today's dates."""
    return _noted_day() == today() and Item.objects.filter(pk=entries()[0].id).exists()


def load() -> Loaded:
    """Make what is missing of the demo and move the rest to today. Raises `Refused` on an installation for real use."""
    if settings.PERRON_ORIGIN.startswith("https://"):
        raise Refused(_("The demo has a password that everybody knows. It is loaded on a machine of your own only."))
    communities = places.build()
    places.admit(communities)
    agreements.sign_all()
    residents.open_accounts()
    made = moved = 0
    for slug, written in groupby(entries(), lambda entry: entry.community):
        community = _Load(communities[slug], today())
        done = community.write(list(written))
        made, moved = made + done.made, moved + done.moved
    sources.bring_in(communities, today())
    sharing.offer_some(communities)
    subscribers.bring_in(communities)
    applications.bring_in(communities)
    counts.bring_in(communities, today())
    deliveries.bring_in(communities)
    letters.write_some()
    conversations.bring_in()
    newsletter.bring_in()
    requests.write_some()
    _note()
    return Loaded(made, moved)


class _Load:
    """One community's items, on one day."""

    def __init__(self, community: Community, day: date) -> None:
        self.community = community
        self.day = day
        self.areas = {area.slug: str(area.pk) for area in Area.objects.filter(community=community)}
        self.images: dict[str, Shown] = {}

    def write(self, written: Sequence[Entry]) -> Loaded:
        """Make the missing items and date the others anew."""
        there = Item.objects.in_bulk([entry.id for entry in written])
        fresh = [entry for entry in written if entry.id not in there]
        # Pictures and files are written before the transaction: it holds the database's only write lock.
        contents = {entry.id: self._content(entry) for entry in fresh}
        stale = [(item, entry, content) for entry in written if (item := there.get(entry.id))
                 and (content := self._content_moved(item, entry))]  # fmt: skip
        with transaction.atomic():
            items = [self._item(entry, contents[entry.id]) for entry in fresh]
            Item.objects.bulk_create(items)
            for item, _entry, _content in stale:
                item.edition += 1
            Item.objects.bulk_update([item for item, _entry, _content in stale], ["edition"])
            batch = [*zip(items, fresh, contents.values(), strict=True), *stale]
            Revision.objects.bulk_create([revision(item, content, by=SYSTEM) for item, _entry, content in batch])
            self._release([row for row in batch if row[1].state == "released"])
        for item, entry, _content in batch:
            if entry.state == "scheduled" and item.state == _State.DRAFT:
                schedule(item, entry.published_at(self.day), by=SYSTEM, expected=item.edition)
        return Loaded(len(fresh), len(stale))

    def _release(self, batch: Sequence[tuple[Item, Entry, Content]]) -> None:
        release_many([(item, content) for item, _entry, content in batch], by=SYSTEM)
        for item, entry, _content in batch:
            item.published_at = item.changed_at = min(entry.published_at(self.day), item.changed_at or _end(self.day))
        items = [item for item, _entry, _content in batch]
        Item.objects.bulk_update(items, ["published_at", "changed_at"])
        # In the order of the moments that they have now.
        index(items)
        # What is only moved to today was not corrected, and does not say so; it was released when it says.
        releases = list(
            Release.objects.filter(item__in=items, what__in=(Release.What.RELEASED, Release.What.CORRECTED))
        )
        published = {item.pk: item.published_at for item in items}
        for release in releases:
            release.what = Release.What.RELEASED
            release.at = published[release.item_id] or release.at
        Release.objects.bulk_update(releases, ["what", "at"])

    def _item(self, entry: Entry, content: Content) -> Item:
        item = new_item(self.community, entry.kind, content, by=SYSTEM)
        item.pk = entry.id
        return item

    def _content(self, entry: Entry) -> Content:
        """Return the entry's content on this day, with its picture and its PDF uploaded."""
        pictures = (self._picture(entry),) if entry.picture else ()
        return self._dated(entry, pictures, tuple(self._documents(entry)) if entry.pdf else ())

    def _content_moved(self, item: Item, entry: Entry) -> Content | None:
        """Return the item's content on this day; None if it is the same, or if it is somebody's by now."""
        last = item.revisions.get(number=item.edition)
        expected = _State.RELEASED if entry.state == "released" else _State.DRAFT
        if last.saved_by_id is not None or item.state != expected:
            return None
        before = newest(item)
        content = self._dated(entry, before.pictures, before.enclosures)
        return content if content.to_json() != before.to_json() else None

    def _dated(self, entry: Entry, pictures: tuple[Shown, ...], enclosures: tuple[Enclosed, ...]) -> Content:
        texts = {
            language: Words(**{name: dating.worded(text, self.day, language).strip() for name, text in words.items()})
            for language, words in entry.texts.items()
        }
        return Content(
            texts=texts,
            details=dating.dated(entry.details, self.day),
            topics=entry.topics,
            areas=tuple(self.areas[area] for area in entry.areas),
            pictures=pictures,
            enclosures=enclosures,
        )

    def _picture(self, entry: Entry) -> Shown:
        """Return the entry's picture; one that several items of a community show is uploaded once."""
        if entry.picture not in self.images:
            drawn = BytesIO(paint(entry.picture, seed=self.community.slug))
            image = upload_image(self.community, drawn, by=SYSTEM)
            words = table("pictures")[entry.picture]
            alternatives = {language: words[language] for language in self.community.languages}
            self.images[entry.picture] = Shown(str(image.pk), alternatives, "Perron")
        return self.images[entry.picture]

    def _documents(self, entry: Entry) -> Iterable[Enclosed]:
        for language, words in entry.texts.items():
            text = dating.worded(words["body"], self.day, language)
            data = pdf.write(words["title"], text, language=language, footer=self.community.name_in(language))
            name = f"{entry.key}-{language}.pdf"
            attachment = upload_attachment(self.community, BytesIO(data), name, by=SYSTEM)
            yield Enclosed(str(attachment.pk), {language: words["title"]})


def _end(day: date) -> datetime:
    return datetime.combine(day, time(23, 59), tzinfo=BRUSSELS)


def _noted_day() -> date | None:
    try:
        return date.fromisoformat(json.loads(places.note_path().read_text())["day"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _note() -> None:
    """Write down how to sign in, and the day on which the dates are right."""
    note: dict[str, Any] = {
        "day": today().isoformat(),
        "password": places.PASSWORD,
        "sign_ins": [asdict(account) for account in places.sign_ins()],
    }
    path = places.note_path()
    path.touch(mode=0o600)
    path.write_text(json.dumps(note, indent=2, ensure_ascii=False) + "\n")
