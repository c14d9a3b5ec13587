"""How a package says what personal data it holds. Every package with tables has a `personal_data.py` of these.

A declaration names each column: a new column that nobody declared stops the program when it loads. Retention, export,
erasure, restriction and the register of processing all follow from declarations and policy; no table has code of its
own for them, except where a `Way` names it.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

from django.db.models import Model, QuerySet
from django.utils.functional import Promise

from perron.privacy.acting import Actor

if TYPE_CHECKING:
    # The gate reads declarations' types before any table is there.
    from perron.privacy.subjects import Subject

type Words = str | Promise


class Activity(StrEnum):
    """The processing activities that the program can carry out; the operator's policy says which of them it does."""

    BROWSING = "A"
    CONTACT = "B"
    ACCOUNTS = "C"
    CONTRACTS = "D"
    PROMOTION = "E"
    RIGHTS = "F"
    SOCIAL = "G"
    STATISTICS = "H"
    # As processor for the partner (GDPR art. 28): the people who work for its communities.
    STAFF = "staff"
    # The same: shops and associations that apply to publish on a commune's platform.
    APPLICATIONS = "applications"
    # The same: residents who asked to be sent what a community publishes.
    SUBSCRIPTIONS = "subscriptions"


class Category(StrEnum):
    """What a personal column holds; the policy lists for each activity which of these it may hold."""

    NAME = "name"
    FIRST_NAME = "first_name"
    EMAIL = "email"
    TELEPHONE = "telephone"
    FUNCTION = "function"
    ADDRESS = "address"
    ORGANISATION = "organisation"
    MESSAGE = "message"
    PHOTO = "photo"
    IDENTIFIER = "identifier"
    IP_ADDRESS = "ip_address"
    PASSWORD = "password"  # noqa: S105 the name of a category
    ACCESS = "access"
    TRACE = "trace"
    BILLING = "billing"
    REQUEST = "request"
    PROOF = "proof"
    SHARED_CONTENT = "shared_content"


@dataclass(frozen=True, kw_only=True)
class Since:
    """The row is due when the policy's period for `trigger` has passed since the moment in `column`.

    While the column is null, the clock has not started. `set_by` names the rules that set it ("perron.….function"); it
    may stay empty for a column that every row has from the beginning.
    """

    column: str
    trigger: str
    set_by: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Until:
    """The row goes at the event itself: the rules in `ended_by` ("perron.….function") remove it."""

    trigger: str
    ended_by: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class With:
    """The row leaves together with the row that the foreign key `column` leads to, and before it."""

    column: str


type Clock = Since | Until | With


@dataclass(frozen=True)
class Delete:
    """The row goes; `when_unused`: once no other declared row is about its subject, and not before."""

    when_unused: bool = False


@dataclass(frozen=True)
class Blank:
    """The row stays without its person: these columns get these values.

    A value may be a database expression over the row, or a function that gives the value when it is needed.
    """

    values: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Keep:
    """Erasure does not take the row, for one of the policy's reasons ("tax") and by a rule ("GDPR art. 17(3)(b)").

    Columns in `blank` lose their content all the same: what the reason does not need.
    """

    reason: str
    citation: str
    blank: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class PerRow:
    """It differs from row to row, and stands in this column."""

    column: str


@dataclass(frozen=True, init=False)
class Tenants:
    """Whose rows these are, where one path does not say it: a row belongs to each tenant that a path leads to.

    `public` are the rows that everybody reads all the same: where a column, or lookup path, has one of these values
    (`None`: where the path leads to a row at all). Only their tenants change them.
    """

    paths: tuple[str, ...]
    public: Mapping[str, tuple[str, ...] | None]

    def __init__(self, *paths: str, public: Mapping[str, tuple[str, ...] | None] | None = None) -> None:
        object.__setattr__(self, "paths", paths)
        object.__setattr__(self, "public", public or {})


@dataclass(frozen=True)
class NoTenants:
    """A table whose rows are no tenant's: `whose` they are instead, and why that is so."""

    whose: Literal["public", "operator", "person"]
    why: str


type Tenancy = str | Tenants | NoTenants | None


@dataclass(frozen=True, kw_only=True)
class Personal:
    """A table that holds personal data.

    `subject` is the column, or lookup path, with the UUID of whom the row is about, and `subject_kind` says what the
    UUID is: a "person" with an account, an "address" (`privacy.subjects`), or "any" of both. `columns` maps each
    personal column to its category; `others` lists the columns that say nothing about anybody. `tenant` is the lookup
    path to whose rows these are ("community__partner"), `Tenants` for several, or `NoTenants`. `provided` lists the
    columns that the person filled in (GDPR art. 20). `activity` is a `PerRow` where each row says which it serves.

    What somebody reads who asks what is held: `label` names the table (gettext_lazy: "Your account"), `words` its
    columns where neither the model's verbose_name nor the category does. `context` adds lookup paths to what nobody is
    recognised by, but without which the row says nothing ("community__slug"), each with its name. Of the columns
    `never_given` only the name is: who reads them could act as the person. The same holds for those `of_others`, which
    say who else was involved (GDPR art. 15(4)). `source` says where a row comes from (art. 15(1)(g)), where that is
    neither the person, as `provided` says, nor the use of the program.

    At the end of its time the row goes by `expiry`, on request by `erasure`; `closing` says what of it goes at once
    when the person's account is closed. `before_leaving` is asked before somebody's rows go by closing or erasure, with
    their UUIDs and who acts: it raises `Refused` where somebody else must act first. `files` yields the stored files,
    as names in the default storage, of the rows in a query set; they go with the row, and stay where the row stays.

    While somebody's data are restricted (art. 18), the model's default manager hides the rows; `used_in_restriction`
    says why it does not have to (art. 18(2)).
    """

    model: type[Model]
    activity: Activity | PerRow
    subject: str
    subject_kind: Literal["person", "address", "any"] = "person"
    label: Words = ""
    columns: Mapping[str, Category]
    tenant: Tenancy = None
    others: str = ""
    provided: str = ""
    words: Mapping[str, Words] = field(default_factory=dict)
    context: Mapping[str, Words] = field(default_factory=dict)
    never_given: str = ""
    of_others: str = ""
    source: Words = ""
    clock: Clock
    expiry: Delete | Blank = Delete()
    erasure: Delete | Blank | Keep = Delete()
    closing: Delete | Blank | None = None
    before_leaving: Callable[[Collection[UUID], Actor], None] | None = None
    files: Callable[[QuerySet[Any]], Iterable[str]] | None = None
    used_in_restriction: str = ""

    def ids_of(self, subjects: Iterable["Subject"]) -> list[UUID]:
        """Return the UUIDs of those of `subjects` that a row may be about."""
        return [subject.id for subject in subjects if self.subject_kind in {subject.kind, "any"}]


@dataclass(frozen=True, kw_only=True)
class NotPersonal:
    """A table without personal data: every column, space-separated, and why there is nobody in it; `tenant` as above.

    `index` names a table in which the database keeps an index of this one, and begins the names of that one's parts
    (SQLite's FTS5): they hold what is in the table, and nothing else.
    """

    model: type[Model]
    columns: str
    why: str
    tenant: Tenancy = None
    index: str = ""


@dataclass(frozen=True, kw_only=True)
class Store:
    """A place outside the tables where data can lie: files, a cache, a log, or something on a visitor's device.

    `name` is how the program refers to it: a setting's key for files, caches and logs
    (`"files:default"`, `"cache:default"`, `"log:perron"`), a storage key for devices (`"cookie:session"`). What lies on
    a device is listed on the page about cookies: there `why` and `kept` (for how long) are translated sentences.

    `erasure` takes what is there about subjects and returns how many things went, or says why it is kept; without one,
    the receipt of an erasure says that the program cannot reach what is in a personal store, with `why`. Files that
    rows name go with their rows (`Personal.files`). `label` is what the receipt calls a personal store (gettext_lazy);
    it speaks of what lies on devices as one.
    """

    name: str
    kind: Literal["file", "cache", "log", "device"]
    personal: bool
    why: Words
    label: Words = ""
    kept: Words = ""
    activity: Activity | None = None
    erasure: Callable[["Collection[Subject]"], int] | Keep | None = None


@dataclass(frozen=True)
class Disclosure:
    """Somebody who actually received a person's data: for which activity, as which recipient of the policy, who.

    `recipient` is "" where the person named them.
    """

    activity: Activity
    recipient: str
    name: str


@dataclass(frozen=True)
class Declarations:
    """What one package declares.

    `disclosed` answers for people, by their UUIDs, to whom their data were actually given (GDPR art. 15(1)(c)), in a
    number of queries that does not depend on them.
    """

    tables: tuple[Personal | NotPersonal, ...] = ()
    stores: tuple[Store, ...] = field(default=())
    disclosed: Callable[[Collection[UUID]], Iterable[Disclosure]] | None = None
