"""Taking a partner in, from the archive that another installation wrote: all of it in one transaction, or nothing.

Everything keeps its identifier. If one of them is here already, whoever it belongs to, nothing is taken in: an archive
never touches what is there. Addresses that are taken get the name that was chosen for them, or a refusal; those of
items get one of their own. Nobody has a right here by an archive: who worked for the partner is invited.
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import batched
from typing import IO, Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from perron.accounts.models import Person
from perron.communities import versions
from perron.communities.access import permit
from perron.communities.inviting.rules import invite
from perron.communities.models import Community, Member, Partner, Platform, Topic
from perron.communities.naming import validate_slug
from perron.communities.permissions import FOUND
from perron.communities.roles import Role
from perron.core.errors import NotStored, PerronError, Refused
from perron.core.identifiers import short_key
from perron.privacy import auditing
from perron.privacy.acting import Actor
from perron.privacy.evidence import recording
from perron.privacy.hiding import stored
from perron.publishing.handing_over.fitting import fitted, unfit
from perron.publishing.handing_over.format import Manifest
from perron.publishing.handing_over.opening import Opened, opened
from perron.publishing.handing_over.parts import Part, Row, parts
from perron.publishing.models import Item
from perron.publishing.search.indexing import index

_ROWS = 300
_NAMED = 20


@dataclass
class Taken:
    """What was taken in: who, how many rows by table, how many files; who was invited, and what else is to be known."""

    partner: Partner
    rows: dict[str, int] = field(default_factory=dict)
    files: int = 0
    invited: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def take_in(file: IO[bytes], *, by: Actor, renamed: Mapping[str, str] | None = None, for_good: bool = True) -> Taken:
    """Take a partner in. `renamed` says the new address of a partner, platform or community whose own is taken.

    Unless `for_good`, all of it is done and undone, to say what would come of it.

    Raises `NotAllowed`, `Refused`, `TooLarge`, `NotStored`; then nothing is here that was not before.
    """
    permit(by, FOUND)
    for chosen in (renamed or {}).values():
        try:
            validate_slug(chosen)
        except ValidationError as error:
            raise Refused(error.messages[0]) from error
    with opened(file) as archive:
        taking = _Taking(archive, by, renamed or {})
        try:
            with transaction.atomic():
                taken = taking.all()
                if not for_good:
                    transaction.set_rollback(True)
        except IntegrityError as error:
            taking.discard()
            raise Refused(_("This archive contradicts itself, or what is here. Nothing is taken in.")) from error
        except OSError as error:
            taking.discard()
            raise NotStored(_("There is no room to keep the files of this archive. Nothing is taken in.")) from error
        except BaseException:
            taking.discard()
            raise
        if not for_good:
            taking.discard()
        return taken


class _Taking:
    def __init__(self, archive: Opened, by: Actor, renamed: Mapping[str, str]) -> None:
        self._archive = archive
        self._by = by
        self._renamed = renamed
        # For each table that others lead to: the archive's keys, and what they are here.
        led_to = {column.remote_field.model for part in parts() for column in part.columns if column.remote_field}
        self._known: dict[type[Model], dict[UUID, UUID]] = {model: {} for model in led_to}
        self._written: list[str] = []
        self._people: dict[str, str] = {}
        self._members: list[Row] = []
        self._readdressed: list[str] = []

    def all(self) -> Taken:
        manifest = self._archive.manifest
        here = {part.name: part for part in parts()}
        if unknown := [table.name for table in manifest.tables if table.name not in here]:
            raise Refused(
                _("This archive has the table “%(table)s”, which this installation does not know. Update it first.")
                % {"table": unknown[0]}
            )
        given = {table.name: table for table in manifest.tables}
        counts = {part.name: self._table(part, manifest) for part in parts() if part.name in given}
        if any(counts[name] != table.rows for name, table in given.items()):
            raise Refused(_("This archive has other rows than it says. Nothing is taken in."))
        taken = Taken(self._partner(manifest), rows=counts, files=len(self._written))
        self._notes(taken)
        self._make_known(taken.partner)
        self._invite(taken)
        about = {"partner": str(taken.partner.pk), "files_sha256": manifest.files_sha256}
        auditing.record("take in", taken.partner, by=self._by, tenant=taken.partner.pk, rows=sum(counts.values()))
        recording.record("take_in", None, by=self._by, about=about)
        return taken

    def discard(self) -> None:
        """Take away the files that were written: no row names them."""
        for name in self._written:
            with suppress(OSError):
                default_storage.delete(name)
            with suppress(OSError):
                default_storage.delete(name.rpartition("/")[0])

    def _table(self, part: Part, manifest: Manifest) -> int:
        columns = next(table.columns for table in manifest.tables if table.name == part.name)
        if set(columns) != {column.attname for column in part.columns}:
            raise unfit(part)
        count = 0
        for rows in batched(self._archive.rows(part.name), _ROWS):
            count += len(rows)
            if part.model is Topic:
                self._adopt_topics(rows, part)
            elif part.taken:
                self._write(rows, part)
            else:
                self._read(rows, part)
        return count

    def _write(self, rows: Iterable[Row], part: Part) -> None:
        made = []
        for row in rows:
            one = fitted(row, part, self._known)
            if part.model in self._known:
                self._known[part.model][one.pk] = one.pk
            made.append((one, list(part.files(one))))
        ours = [one for one, _names in made]
        self._refuse_known(ours, part)
        for one, names in made:
            self._rename(one)
            if part.prepare:
                part.prepare(one)
            self._keep_files(part, one, names)
        stored(part.model).bulk_create(ours)

    def _refuse_known(self, ours: list[Any], part: Part) -> None:
        """Nothing here is overwritten, whoever it belongs to."""
        if part.model._meta.pk.get_internal_type() != "UUIDField":
            return
        if stored(part.model).filter(pk__in=[one.pk for one in ours]).exists():
            raise Refused(
                _("Something of this archive is here already (“%(table)s”). Nothing is taken in.")
                % {"table": part.name}
            )

    def _rename(self, one: Any) -> None:
        if isinstance(one, Item):
            if Item.objects.filter(slug=one.slug).exists():
                one.slug = f"{one.slug[:70]}-{short_key()}"
                self._readdressed.append(one.slug)
            return
        if not isinstance(one, Partner | Platform | Community):
            return
        one.slug = self._renamed.get(one.slug, one.slug)
        if type(one)._default_manager.filter(slug=one.slug).exists():
            raise Refused(
                _("The address “%(slug)s” is taken here. Choose another one for it: %(slug)s=new-address.")
                % {"slug": one.slug}
            )
        if isinstance(one, Platform) and one.host and Platform.objects.filter(host=one.host).exists():
            raise Refused(_("The host “%(host)s” is another platform's here. Take it away there first.")
                          % {"host": one.host})  # fmt: skip

    def _keep_files(self, part: Part, one: Any, names: list[str]) -> None:
        for given, ours in zip(names, part.files(one), strict=True):
            data = self._archive.file(given)
            if data is None:
                continue
            try:
                if part.check_file:
                    part.check_file(one, given, data)
            except (ValueError, PerronError) as error:
                raise Refused(_("The file “%(path)s” is not what its row says. Nothing is taken in.")
                              % {"path": given}) from error  # fmt: skip
            # Its row is new: what lies there was left behind.
            default_storage.delete(ours)
            self._written.append(ours)
            default_storage.save(ours, ContentFile(data))

    def _adopt_topics(self, rows: Iterable[Row], part: Part) -> None:
        """Topics are one list for the installation: those of the same name are the same, others are added."""
        for row in rows:
            given = fitted(row, part, self._known)
            found, made = Topic.objects.get_or_create(
                slug=given.slug, defaults={"names": given.names, "position": given.position}
            )
            if made:
                auditing.record("found", found, by=self._by, columns=["slug", "names", "position"])
            self._known[Topic][given.pk] = found.pk

    def _read(self, rows: Iterable[Row], part: Part) -> None:
        for row in rows:
            if set(row) != {column.attname for column in part.columns}:
                raise unfit(part)
            if part.model is Person:
                self._people[str(row["id"])] = str(row["email"])
            elif part.model is Member:
                self._members.append(row)

    def _partner(self, manifest: Manifest) -> Partner:
        found = Partner.objects.filter(pk__in=self._known[Partner].values())
        if len(self._known[Partner]) != 1 or str(found.get().pk) != manifest.partner.id:
            raise Refused(_("An archive holds one partner. Nothing is taken in."))
        return found.get()

    def _notes(self, taken: Taken) -> None:
        if self._readdressed:
            slugs = ", ".join(self._readdressed[:_NAMED])
            taken.notes.append(_("Items with a new address, because theirs was taken: %(slugs)s") % {"slugs": slugs})
        if lost := self._archive.manifest.missing:
            taken.notes.append(_("Files that were lost before the archive was made: %(n)d") % {"n": len(lost)})

    def _make_known(self, partner: Partner) -> None:
        keys = Item.objects.filter(community__partner=partner).order_by("pk").values_list("pk", flat=True)
        for batch in batched(keys.iterator(), _ROWS):
            index(Item.objects.filter(pk__in=batch))
        # Lists of all communities depend on those that there were.
        communities = map(versions.of_community, partner.communities.all())
        versions.bump([*versions.current(), *communities, *map(versions.of_platform, partner.platforms.all())])

    def _invite(self, taken: Taken) -> None:
        for row in self._members:
            email = self._people.get(str(row["person_id"]), "")
            if not email:
                continue
            try:
                with transaction.atomic():
                    invite(email, Role(row["role"]), by=self._by, at=self._scope(row))
            except (PerronError, ValueError) as refused:
                why = refused.message if isinstance(refused, PerronError) else _("There is no such role here.")
                taken.notes.append(_("%(email)s was not invited: %(why)s") % {"email": email, "why": why})
            else:
                taken.invited.append(email)

    def _scope(self, row: Row) -> Partner | Community:
        model, key = (Community, row["community_id"]) if row["community_id"] else (Partner, row["partner_id"])
        found = self._known[model].get(UUID(str(key)))
        if found is None:
            raise ValueError("scope")
        scope: Partner | Community = model._default_manager.get(pk=found)
        return scope
