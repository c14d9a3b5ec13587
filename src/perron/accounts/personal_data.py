from collections.abc import Iterator

from django.contrib.auth.hashers import make_password
from django.db.models import CharField, F, QuerySet, Value
from django.db.models.functions import Cast, Coalesce, Concat, Lower
from django.utils.translation import gettext_lazy as _

from perron.accounts.models import AddressChange, Person, Portrait, Session, SignUp
from perron.core.clock import now
from perron.privacy.declaring import (
    Activity,
    Blank,
    Category,
    Declarations,
    Delete,
    Keep,
    NoTenants,
    Personal,
    Since,
    With,
)

# Nobody can be written to there (RFC 2606), and no two accounts have the same.
_NO_ADDRESS = Lower(Concat(Cast(F("id"), CharField()), Value("@closed.invalid")))
_CLOSED = {
    "email": _NO_ADDRESS,
    "password": lambda: make_password(None),
    "is_active": False,
    "last_login": None,
    "closed_at": lambda: Coalesce(F("closed_at"), Value(now())),
}
_SIGN_IN = "somebody whose data are restricted still signs in, to read and to exercise rights"


def _files_of_portraits(portraits: QuerySet[Portrait]) -> Iterator[str]:
    """Yield the names of their files."""
    for portrait in portraits.only("pk").iterator():
        yield portrait.file


DECLARATIONS = Declarations(
    tables=(
        Personal(
            model=Person,
            tenant=NoTenants("person", "an account may work for several"),
            activity=Activity.ACCOUNTS,
            subject="id",
            label=_("Your account"),
            columns={
                "id": Category.IDENTIFIER,
                "email": Category.EMAIL,
                "name": Category.NAME,
                "first_name": Category.FIRST_NAME,
                "password": Category.PASSWORD,
                "language": Category.ACCESS,
                "is_active": Category.ACCESS,
                "joined_at": Category.ACCESS,
                "last_login": Category.ACCESS,
                "declared_age": Category.ACCESS,
                "closed_at": Category.ACCESS,
                "fingerprint": Category.IDENTIFIER,
            },
            provided="email name first_name language declared_age",
            words={
                "is_active": _("account is open"),
                "joined_at": _("account opened on"),
                "declared_age": _("age that you declared to have reached"),
                "closed_at": _("account closed on"),
                "fingerprint": _("fingerprint of the former address, made with a key"),
            },
            never_given="password",
            clock=Since(column="closed_at", trigger="account_closed", set_by=("perron.accounts.closing.close",)),
            # From when to when an account was open, which the trail of deeds refers to; nothing that names anybody.
            erasure=Keep(
                reason="liability",
                citation="GDPR art. 17(3)(e)",
                blank=_CLOSED
                | {"name": "", "first_name": "", "declared_age": None, "language": "fr"}
                | {"fingerprint": ""},
            ),
            closing=Blank(_CLOSED),
            used_in_restriction=_SIGN_IN,
        ),
        Personal(
            model=Session,
            tenant=NoTenants("person", "whoever is signed in"),
            activity=Activity.ACCOUNTS,
            subject="person_id",
            label=_("Your open sessions"),
            columns={
                "person": Category.IDENTIFIER,
                "session_key": Category.IDENTIFIER,
                "session_data": Category.IDENTIFIER,
                "started_at": Category.ACCESS,
                "seen_on": Category.ACCESS,
                "device": Category.ACCESS,
            },
            others="expire_date",
            words={
                "session_key": _("key of the session"),
                "session_data": _("content of the session"),
                "started_at": _("signed in on"),
                "seen_on": _("last used on"),
                "device": _("browser and system"),
            },
            context={"expire_date": _("ends on")},
            never_given="session_key session_data",
            clock=Since(column="expire_date", trigger="session_ended"),
            closing=Delete(),
            used_in_restriction=_SIGN_IN,
        ),
        Personal(
            model=Portrait,
            tenant=NoTenants("person", "of an account"),
            activity=Activity.ACCOUNTS,
            subject="person_id",
            label=_("The photo of your profile"),
            columns={"person": Category.IDENTIFIER, "id": Category.PHOTO, "since": Category.ACCESS},
            provided="id",
            words={"id": _("name of the file"), "since": _("since")},
            clock=With(column="person"),
            closing=Delete(),
            files=_files_of_portraits,
            used_in_restriction="only the person themselves is shown it, who has access to their data (art. 15)",
        ),
        Personal(
            model=SignUp,
            tenant=NoTenants("person", "there is no account yet"),
            activity=Activity.ACCOUNTS,
            subject="addressee_id",
            subject_kind="address",
            label=_("Accounts that were asked for with your address"),
            columns={
                "addressee_id": Category.IDENTIFIER,
                "asked_at": Category.ACCESS,
                "opened_at": Category.ACCESS,
            },
            others="id",
            words={"asked_at": _("asked for on"), "opened_at": _("opened on")},
            clock=Since(column="asked_at", trigger="link_sent"),
            used_in_restriction=_SIGN_IN,
        ),
        Personal(
            model=AddressChange,
            tenant=NoTenants("person", "of an account"),
            activity=Activity.ACCOUNTS,
            subject="person_id",
            label=_("Another address that you wanted to sign in with"),
            columns={
                "person": Category.IDENTIFIER,
                "email": Category.EMAIL,
                "asked_at": Category.ACCESS,
                "confirmed_at_old": Category.ACCESS,
                "confirmed_at_new": Category.ACCESS,
                "ended_at": Category.ACCESS,
            },
            others="id",
            provided="email",
            words={
                "asked_at": _("asked for on"),
                "confirmed_at_old": _("confirmed at the address until then"),
                "confirmed_at_new": _("confirmed at the other address"),
                "ended_at": _("ended on"),
            },
            clock=Since(column="asked_at", trigger="link_sent"),
            closing=Delete(),
            used_in_restriction=_SIGN_IN,
        ),
    )
)
