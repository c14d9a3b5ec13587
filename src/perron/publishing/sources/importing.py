"""The rule of importing: a file's entries become items; done again, only what the source changed is changed.

The whole file is read before anything is written. An entry that cannot be taken is named in the result, and the
others go in.
"""

from dataclasses import dataclass
from hashlib import sha256
from itertools import batched
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from perron.communities.access import permit
from perron.communities.models import Community
from perron.communities.permissions import RELEASE, WRITE
from perron.core.clock import now
from perron.core.errors import Refused
from perron.core.fetching import Fetched
from perron.core.text import clean_line, shorten
from perron.privacy.acting import Actor
from perron.privacy.auditing import record
from perron.publishing.guiding import must_hand_in
from perron.publishing.models import Origin, Source
from perron.publishing.sources import reading
from perron.publishing.sources.entry import MOST_ENTRIES, RULES, Feed, look_at_number
from perron.publishing.sources.matching import Known, Matched, match
from perron.publishing.sources.writing import Outcome, Writer, topics_by_name

# One transaction each: short enough that others can write in between.
BATCH = 250


@dataclass(frozen=True)
class Imported:
    """What an import did: numbers of items, then (where, reason) of entries left out and of what was adapted."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    withdrawn: int = 0
    skipped: tuple[tuple[str, str], ...] = ()
    notes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Options:
    """How to import: `release` at once or as drafts; `name` and `licence` of the source instead of its own words.

    `most` is the number of entries that are accepted.
    """

    release: bool = False
    name: str = ""
    licence: str = ""
    most: int = MOST_ENTRIES


def import_file(
    community: Community, data: bytes, file_name: str, options: Options, *, by: Actor, charset: str = ""
) -> Imported:
    """Import `data`, a feed, calendar or alert. The source is what the file calls itself, or else its name.

    Raises `NotAllowed` (drafts are for authors, releasing for editors), `Unreadable` or `TooLarge`: then nothing
    was changed.
    """
    _permit(community, options, by)
    digest = _digest(data, options)
    if known := _known(community, digest):
        return Imported(unchanged=known.entries)
    feed = _read(data, charset, options)
    return _import(community, feed, _called(feed, file_name), digest, options, by=by)


def import_fetched(community: Community, fetched: Fetched, options: Options, *, by: Actor) -> Imported:
    """Import what `core.fetching.fetch` brought. The source is its address. Raises like `import_file`."""
    _permit(community, options, by)
    digest = _digest(fetched.body + fetched.url.encode(), options)
    if known := _known(community, digest):
        return Imported(unchanged=known.entries)
    feed = _read(fetched.body, fetched.charset, options, base=fetched.url)
    feed.name = feed.name or urlsplit(fetched.url).hostname or ""
    return _import(community, feed, fetched.url, digest, options, by=by)


def _permit(community: Community, options: Options, by: Actor) -> None:
    permit(by, RELEASE if options.release else WRITE, community)
    if options.release and (guardian := must_hand_in(community, by)):
        sentence = _("The first items are released by %(guardian)s: import drafts, and hand them in.")
        raise Refused(sentence % {"guardian": guardian})


def _digest(data: bytes, options: Options) -> str:
    return sha256(f"{RULES} {options.release} {options.name} {options.licence}\n".encode() + data).hexdigest()


def _known(community: Community, digest: str) -> Source | None:
    """Return the source that held exactly this last time, unless drafts that it made were deleted since."""
    known = Source.objects.filter(community=community, digest=digest).first()
    if known and Origin.objects.filter(community=community, source=known.address).count() >= known.entries:
        return known
    return None


def _read(data: bytes, charset: str, options: Options, base: str = "") -> Feed:
    feed = reading.read(data, charset=charset, base=base)
    look_at_number(len(feed.entries), most=options.most)
    return feed


def _called(feed: Feed, file_name: str) -> str:
    feed.name = feed.name or file_name
    return feed.address or file_name


def _import(community: Community, feed: Feed, address: str, digest: str, options: Options, *, by: Actor) -> Imported:
    # CAP messages come one by one; what belongs together is told by their sender.
    sender = feed.entries[0].sender if feed.entries else ""
    address = f"cap:{sender}" if sender else address
    name = shorten(clean_line(options.name or feed.name), 140)
    source, _made = Source.objects.get_or_create(community=community, address=address[:500], defaults={"name": name})
    outcome = write_feed(source, feed, name, options, by=by)
    _remember(source, name, digest, outcome, by=by)
    return Imported(
        len(outcome.created), len(outcome.changed), outcome.unchanged, len(outcome.withdrawn),
        tuple(outcome.skipped), tuple(outcome.notes),
    )  # fmt: skip


def write_feed(source: Source, feed: Feed, name: str, options: Options, *, by: Actor) -> Outcome:
    """Write the entries of `feed` into the community of `source`, which readers know by `name`; in short transactions.

    What the result says of entries left out and adapted begins with what reading the file found.
    """
    licence = shorten(clean_line(options.licence or feed.licence), 140)
    # Where a second person reads before release, what a person imports waits for that; alerts do not.
    careful = source.community.second_reader and by.kind == "person"
    waits = options.release and careful and any(each.kind != "alert" for each in feed.entries)
    matched = _matched(source, feed)
    release = options.release and not waits
    writer = Writer(community=source.community, source=source, name=name, licence=licence, release=release,
                    topics=topics_by_name(), by=by, renamed=matched.renamed)  # fmt: skip
    outcome = Outcome(skipped=list(feed.skipped), notes=list(feed.notes))
    for batch in batched(feed.entries, BATCH, strict=False):
        with transaction.atomic():
            # Two imports of one source at once: the second sees what the first wrote.
            Source.objects.select_for_update().get(pk=source.pk)
            outcome.add(writer.write(batch))
    if waits:
        outcome.notes.append((name, _("A second person reads before release here: nothing was released yet.")))
    if feed.pictures:
        many = ngettext("%(n)d picture was left out.", "%(n)d pictures were left out.", feed.pictures)
        outcome.notes.append((name, many % {"n": feed.pictures} + " " + _("Pictures from elsewhere are not loaded.")))
    return outcome


def _matched(source: Source, feed: Feed) -> Matched:
    """Find the items whose identifiers changed, and free what they were called: another may be called so now."""
    with transaction.atomic():
        Source.objects.select_for_update().get(pk=source.pk)
        origins = Origin.objects.filter(community=source.community_id, source=source.address)
        rows = origins.order_by("pk").values_list("pk", "identifier", "marks")
        matched = match(feed.entries, [Known(*row) for row in rows])
        for freed in batched(matched.freed, BATCH, strict=False):
            Origin.objects.filter(pk__in=freed).update(identifier=Concat(Value("~"), Cast("pk", CharField())))
    return matched


def _remember(source: Source, name: str, digest: str, outcome: Outcome, *, by: Actor) -> None:
    with transaction.atomic():
        source.name, source.digest, source.imported_at = name, digest, now()
        source.entries = len(outcome.created) + len(outcome.changed) + len(outcome.withdrawn) + outcome.unchanged
        source.save()
        counts = {"created": len(outcome.created), "changed": len(outcome.changed), "unchanged": outcome.unchanged,
                  "withdrawn": len(outcome.withdrawn), "skipped": len(outcome.skipped)}  # fmt: skip
        record("import", source, by=by, tenant=source.community_id, **counts)
