"""One batch of entries into the tables: which are new, changed, unchanged or ended, and each of these at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.utils.translation import gettext as _

from perron.communities.models import Community, Topic
from perron.core.clock import now
from perron.core.identifiers import short_key
from perron.core.text import normalise
from perron.privacy.acting import Actor
from perron.privacy.auditing import entry as audit_row
from perron.privacy.auditing import record_many
from perron.privacy.models import AuditEntry
from perron.publishing import drafting, releasing
from perron.publishing.checking import Checked, check
from perron.publishing.content import Content
from perron.publishing.models import Item, Origin, ReceivedMessage, Revision, Source
from perron.publishing.sources import wording
from perron.publishing.sources.entry import Entry

_State = Item.State
# Begins the fingerprint of what the source itself ended: it may begin again.
OFF = "off:"


@dataclass
class Outcome:
    """What happened to the entries of a batch, or of all of them."""

    created: list[UUID] = field(default_factory=list)
    changed: list[UUID] = field(default_factory=list)
    withdrawn: list[UUID] = field(default_factory=list)
    unchanged: int = 0
    skipped: list[tuple[str, str]] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    # The items that the file still has, whatever happened to them.
    seen: set[UUID] = field(default_factory=set)

    def add(self, other: "Outcome") -> None:
        """Take in what another batch did."""
        for name in ("created", "changed", "withdrawn", "skipped", "notes"):
            getattr(self, name).extend(getattr(other, name))
        self.unchanged += other.unchanged
        self.seen |= other.seen


@dataclass(frozen=True)
class _Change:
    entry: Entry
    item: Item
    origin: Origin
    content: Content
    checked: Checked


@dataclass(frozen=True, kw_only=True)
class Writer:
    """Writes entries of one source into one community. `renamed` has the items whose identifier changed."""

    community: Community
    source: Source
    name: str
    licence: str
    release: bool
    topics: dict[str, str]
    by: Actor
    renamed: Mapping[str, UUID] = field(default_factory=dict)

    def write(self, entries: Sequence[Entry]) -> Outcome:
        """Write `entries`; inside a transaction. Entries that cannot be released are left out."""
        outcome = Outcome()
        messages = self._messages(entries)
        origins = self._origins(entries, messages)
        items = Item.objects.select_for_update().in_bulk([origin.item_id for origin in origins.values()])
        fresh: list[_Change] = []
        changed: list[_Change] = []
        for entry in entries:
            origin = origins.get(entry.identifier)
            if origin is None and entry.identifier in messages:
                outcome.skipped.append((entry.where, _("It was cancelled before it came.")))
            elif origin is None:
                self._plan_new(entry, fresh, outcome)
            else:
                self._plan_change(entry, items[origin.item_id], origin, changed, outcome)
        self._create(fresh)
        self._revise(changed)
        self._publish([*fresh, *changed])
        for entry in entries:
            self._replace(entry, messages, origins.get(entry.identifier), outcome)
        outcome.seen |= {origin.item_id for origin in origins.values()} | {change.item.pk for change in fresh}
        outcome.created += [change.item.pk for change in fresh]
        outcome.changed += [change.item.pk for change in changed]
        return outcome

    def _messages(self, entries: Sequence[Entry]) -> dict[str, ReceivedMessage]:
        """Return the earlier CAP messages that `entries` are, or refer to."""
        named = [name for entry in entries if entry.sender for name in (entry.identifier, *entry.references)]
        if not named:
            return {}
        found = ReceivedMessage.objects.filter(source=self.source, identifier__in=named).select_related("item__origin")
        return {message.identifier: message for message in found}

    def _origins(self, entries: Sequence[Entry], messages: dict[str, ReceivedMessage]) -> dict[str, Origin]:
        wanted = {entry.identifier: entry for entry in entries}
        found = {
            origin.identifier: origin
            for origin in Origin.objects.filter(
                community=self.community, source=self.source.address, identifier__in=list(wanted)
            )
        }
        if again := {self.renamed[name]: name for name in wanted if name in self.renamed}:
            found |= {again[origin.pk]: origin for origin in Origin.objects.filter(pk__in=list(again))}
        for entry in entries:
            earlier = [messages[name].item for name in (entry.identifier, *entry.references) if name in messages]
            # Of several alerts that become one, that which people are reading.
            known = sorted(filter(None, earlier), key=lambda item: item.state != _State.RELEASED)
            if known:
                found[entry.identifier] = known[0].origin
        return found

    def _plan_new(self, entry: Entry, fresh: list[_Change], outcome: Outcome) -> None:
        if entry.cancelled:
            outcome.skipped.append((entry.where, _("It is cancelled.")))
            self._receive([(None, entry)])
            return
        content, checked = self._content(entry, outcome)
        if checked.problems:
            return
        item = drafting.new_item(self.community, entry.kind, content, by=self.by)
        if self.release and entry.dated:
            item.published_at = min(entry.dated, now())
        origin = Origin(item=item, community=self.community, source=self.source.address)
        fresh.append(_Change(entry, item, origin, content, checked))

    def _plan_change(self, entry: Entry, item: Item, origin: Origin, changed: list[_Change], outcome: Outcome) -> None:
        superseded = entry.sender and origin.identifier != entry.identifier and entry.identifier in self._received(item)
        waits = self.release and item.state == _State.DRAFT and item.edition == origin.edition
        if superseded or (origin.fingerprint == _fingerprint(entry) and not waits):
            outcome.unchanged += 1
            if not entry.sender and origin.identifier != entry.identifier:
                self._rename(origin, entry)
        elif entry.cancelled:
            self._end(entry, item, origin, outcome)
        elif reason := _kept(item, origin):
            outcome.unchanged += 1
            outcome.notes.append((entry.where, reason))
            self._offer(entry, item, origin)
        else:
            content, checked = self._content(entry, outcome)
            if not checked.problems:
                changed.append(_Change(entry, item, origin, content, checked))

    def _rename(self, origin: Origin, entry: Entry) -> None:
        origin.identifier, origin.marks = entry.identifier, entry.marks
        origin.save(update_fields=["identifier", "marks"])

    def _offer(self, entry: Entry, item: Item, origin: Origin) -> None:
        """Keep what the source says now beside what somebody corrected here, for them to choose."""
        if entry.identifier != origin.identifier:
            self._rename(origin, entry)
        if item.edition != origin.edition and origin.offer.get("fingerprint") != entry.fingerprint:
            content, _notes = wording.content(entry, self.community, self.topics)
            origin.offer = {"fingerprint": entry.fingerprint, "content": content.to_json()}
            origin.save(update_fields=["offer"])

    def _received(self, item: Item) -> set[str]:
        return set(item.received.values_list("identifier", flat=True))

    def _content(self, entry: Entry, outcome: Outcome) -> tuple[Content, Checked]:
        content, notes = wording.content(entry, self.community, self.topics)
        checked = check(self.community, entry.kind, content)
        if checked.problems:
            outcome.skipped.append((entry.where, checked.problems[0].message))
        else:
            outcome.notes.extend((entry.where, note) for note in notes)
        return content, checked

    def _end(self, entry: Entry, item: Item, origin: Origin, outcome: Outcome) -> None:
        if item.state == _State.RELEASED and not self.release:
            outcome.notes.append((entry.where, _("The source cancelled it; it is still public here.")))
            outcome.unchanged += 1
            return
        if item.state == _State.RELEASED:
            releasing.withdraw(item, by=self.by)
        elif item.state != _State.WITHDRAWN:
            outcome.notes.append((entry.where, _("The source cancelled it; its draft was kept.")))
        outcome.withdrawn.append(item.pk)
        self._describe(origin, entry, item)
        origin.save()
        self._receive([(item, entry)])

    def _create(self, fresh: list[_Change]) -> None:
        items = [change.item for change in fresh]
        taken = set(Item.objects.filter(slug__in=[item.slug for item in items]).values_list("slug", flat=True))
        for item in items:
            # Many entries with the same title: the short keys of `drafting` may meet.
            while item.slug in taken:
                item.slug = f"{item.slug[:60]}-{short_key()}"
            taken.add(item.slug)
        for change in fresh:
            self._describe(change.origin, change.entry, change.item)
        Item.objects.bulk_create(items)
        Revision.objects.bulk_create([drafting.revision(each.item, each.content, by=self.by) for each in fresh])
        Origin.objects.bulk_create([change.origin for change in fresh])
        self._receive([(change.item, change.entry) for change in fresh])
        record_many([self._trace("draft", change.item) for change in fresh])

    def _revise(self, changed: list[_Change]) -> None:
        for change in changed:
            change.item.edition += 1
            drafting.name(change.item, change.content)
            self._describe(change.origin, change.entry, change.item)
        Item.objects.bulk_create(
            [change.item for change in changed], update_conflicts=True, unique_fields=["id"],
            update_fields=["edition", "working_title", "slug"],
        )  # fmt: skip
        Revision.objects.bulk_create([drafting.revision(each.item, each.content, by=self.by) for each in changed])
        described = ["identifier", "url", "name", "licence", "fingerprint", "edition", "marks", "offer"]
        Origin.objects.bulk_create(
            [change.origin for change in changed],
            update_conflicts=True,
            unique_fields=["item"],
            update_fields=described,
        )
        self._receive([(change.item, change.entry) for change in changed])
        record_many([self._trace("revise", change.item) for change in changed])

    def _publish(self, changes: list[_Change]) -> None:
        if self.release and changes:
            releasing.release_checked([(change.item, change.content, change.checked) for change in changes], by=self.by)

    def _describe(self, origin: Origin, entry: Entry, item: Item) -> None:
        origin.identifier = entry.identifier
        origin.url = entry.url if entry.url.startswith(("http://", "https://")) and len(entry.url) <= 1000 else ""
        origin.name, origin.licence = self.name, self.licence
        origin.fingerprint, origin.edition = _fingerprint(entry), item.edition
        origin.marks, origin.offer = entry.marks, {}

    def _replace(
        self, entry: Entry, messages: dict[str, ReceivedMessage], kept: Origin | None, outcome: Outcome
    ) -> None:
        """An update or a cancellation ends every alert that it refers to, not only the one that it goes on as."""
        if kept is None or not self.release:
            return
        referred = [messages[name].item_id for name in entry.references if name in messages]
        others = Item.objects.filter(pk__in=[key for key in referred if key], state=_State.RELEASED)
        for item in others.exclude(pk=kept.item_id).select_for_update():
            releasing.withdraw(item, by=self.by)
            outcome.withdrawn.append(item.pk)

    def _receive(self, received: Sequence[tuple[Item | None, Entry]]) -> None:
        ReceivedMessage.objects.bulk_create(
            [ReceivedMessage(item=item, source=self.source, identifier=name)
             for item, entry in received if entry.sender for name in (entry.identifier, *entry.references)],
            ignore_conflicts=True,
        )  # fmt: skip

    def _trace(self, verb: str, item: Item) -> AuditEntry:
        return audit_row(verb, item, by=self.by, tenant=self.community.pk, edition=item.edition)


def topics_by_name() -> dict[str, str]:
    """Return the slug of each topic under its slug and its names, normalised as categories are."""
    return {
        normalise(name): topic.slug for topic in Topic.objects.all() for name in (topic.slug, *topic.names.values())
    }


def _fingerprint(entry: Entry) -> str:
    return f"{OFF}{entry.fingerprint[:60]}" if entry.cancelled else entry.fingerprint


def _kept(item: Item, origin: Origin) -> str:
    """Say why the item is left as it is although the source changed, or ""."""
    if item.edition != origin.edition:
        return _("The source changed it, but somebody corrected it here: that text was kept.")
    if item.state == _State.WITHDRAWN and not origin.fingerprint.startswith(OFF):
        return _("The source changed it, but it was withdrawn here.")
    if item.state == _State.SCHEDULED:
        return _("The source changed it, but it is scheduled here.")
    return ""
