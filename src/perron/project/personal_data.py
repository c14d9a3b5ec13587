"""What the tables and stores of third parties hold."""

from allauth.account.models import EmailAddress, EmailConfirmation
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.utils.translation import gettext_lazy as _

from perron.privacy.declaring import (
    Activity,
    Category,
    Declarations,
    Delete,
    Keep,
    NotPersonal,
    Personal,
    Since,
    Store,
    With,
)

_SIGN_IN = "somebody whose data are restricted still signs in, to read and to exercise rights"

DECLARATIONS = Declarations(
    tables=(
        Personal(
            model=EmailAddress,
            activity=Activity.ACCOUNTS,
            subject="user_id",
            label=_("Your e-mail addresses for signing in"),
            columns={"user": Category.IDENTIFIER, "email": Category.EMAIL},
            others="id verified primary",
            context={"verified": _("confirmed"), "primary": _("main address")},
            provided="email",
            clock=With(column="user"),
            closing=Delete(),
            used_in_restriction=_SIGN_IN,
        ),
        Personal(
            model=EmailConfirmation,
            activity=Activity.ACCOUNTS,
            subject="email_address__user_id",
            label=_("Confirmations of your addresses that were asked for"),
            columns={"email_address": Category.IDENTIFIER, "created": Category.ACCESS, "sent": Category.ACCESS},
            others="id key",
            words={"created": _("made on"), "sent": _("sent on")},
            clock=Since(column="created", trigger="link_sent"),
            used_in_restriction=_SIGN_IN,
        ),
        NotPersonal(model=ContentType, columns="id app_label model", why="names of tables"),
        NotPersonal(model=Permission, columns="id name content_type codename", why="names of permissions, unused"),
        NotPersonal(model=Group, columns="id name", why="unused"),
        NotPersonal(model=Group.permissions.through, columns="id group permission", why="unused"),
    ),
    stores=(
        Store(name="files:default", kind="file", personal=False, why="pictures and files that communities publish"),
        Store(name="file:secret_key", kind="file", personal=False, why="the key that signs sessions and links"),
        Store(name="file:backup_key", kind="file", personal=False, why="the key with which backups are encrypted"),
        Store(name="file:backups", kind="file", personal=True, activity=Activity.RIGHTS,
              why="encrypted copies of everything, for the policy's period; a restore repeats erasures",
              erasure=Keep(reason="liability", citation="GDPR art. 32(1)(c)")),
        Store(name="files:staticfiles", kind="file", personal=False, why="the program's own scripts and styles"),
        Store(name="cache:default", kind="cache", personal=True, activity=Activity.ACCOUNTS,
              why="counts of failed sign-ins by address, in memory, for minutes"),
        Store(name="log:console", kind="log", personal=False, why="what the program does; no addresses, no queries"),
        Store(name="cookie:session", kind="device", personal=True, activity=Activity.ACCOUNTS,
              why=_("Keeps you signed in. It is set when you sign in; whoever only reads never gets it."),
              kept=_("14 days, or until you sign out.")),
        Store(name="cookie:csrf", kind="device", personal=False,
              why=_("Protects the form with which you sign in, and those after it, from being sent by another site."),
              kept=_("14 days, or until you delete it in the settings of your browser.")),
    ),
)  # fmt: skip
