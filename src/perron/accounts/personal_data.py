from django.contrib.auth.hashers import make_password
from django.db.models import CharField, F, Value
from django.db.models.functions import Cast, Coalesce, Concat, Lower
from django.utils.translation import gettext_lazy as _

from perron.accounts.models import Person, Session
from perron.core.clock import now
from perron.privacy.declaring import Activity, Blank, Category, Declarations, Delete, Keep, Personal, Since

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

DECLARATIONS = Declarations(
    tables=(
        Personal(
            model=Person,
            activity=Activity.ACCOUNTS,
            subject="id",
            label=_("Your account"),
            columns={
                "id": Category.IDENTIFIER,
                "email": Category.EMAIL,
                "name": Category.NAME,
                "password": Category.PASSWORD,
                "language": Category.ACCESS,
                "is_active": Category.ACCESS,
                "joined_at": Category.ACCESS,
                "last_login": Category.ACCESS,
                "closed_at": Category.ACCESS,
                "fingerprint": Category.IDENTIFIER,
            },
            provided="email name language",
            words={
                "is_active": _("account is open"),
                "joined_at": _("account opened on"),
                "closed_at": _("account closed on"),
                "fingerprint": _("fingerprint of the former address, made with a key"),
            },
            never_given="password",
            clock=Since(column="closed_at", trigger="account_closed", set_by=("perron.accounts.closing.close",)),
            # From when to when an account was open, which the trail of deeds refers to; nothing that names anybody.
            erasure=Keep(
                reason="liability",
                citation="GDPR art. 17(3)(e)",
                blank=_CLOSED | {"name": "", "language": "fr", "fingerprint": ""},
            ),
            closing=Blank(_CLOSED),
            used_in_restriction=_SIGN_IN,
        ),
        Personal(
            model=Session,
            activity=Activity.ACCOUNTS,
            subject="person_id",
            label=_("Your open sessions"),
            columns={
                "person": Category.IDENTIFIER,
                "session_key": Category.IDENTIFIER,
                "session_data": Category.IDENTIFIER,
            },
            others="expire_date",
            words={"session_key": _("key of the session"), "session_data": _("content of the session")},
            context={"expire_date": _("ends on")},
            never_given="session_key session_data",
            clock=Since(column="expire_date", trigger="session_ended"),
            closing=Delete(),
            used_in_restriction=_SIGN_IN,
        ),
    )
)
