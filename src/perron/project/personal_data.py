"""What the tables and stores of third parties hold."""

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.utils.translation import gettext_lazy as _

from perron.privacy.declaring import (
    Activity,
    Category,
    Declarations,
    Delete,
    Keep,
    NoTenants,
    NotPersonal,
    Personal,
    Since,
    Store,
    With,
)

_WORDS = NoTenants("public", "the program's own words")
_SIGN_IN = "somebody whose data are restricted still signs in, to read and to exercise rights"

DECLARATIONS = Declarations(
    tables=(
        Personal(
            model=EmailAddress,
            tenant=NoTenants("person", "of an account"),
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
            tenant=NoTenants("person", "of an account"),
            activity=Activity.ACCOUNTS,
            subject="email_address__user_id",
            label=_("Confirmations of your addresses that were asked for"),
            columns={"email_address": Category.IDENTIFIER, "created": Category.ACCESS, "sent": Category.ACCESS},
            others="id key",
            words={"created": _("made on"), "sent": _("sent on")},
            clock=Since(column="created", trigger="link_sent"),
            used_in_restriction=_SIGN_IN,
        ),
        Personal(
            model=Authenticator,
            activity=Activity.ACCOUNTS,
            tenant=NoTenants("person", "of an account"),
            subject="user_id",
            label=_("Your passkeys and codes for signing in"),
            columns={
                "user": Category.IDENTIFIER,
                "type": Category.ACCESS,
                "data": Category.PASSWORD,
                "created_at": Category.ACCESS,
                "last_used_at": Category.ACCESS,
            },
            others="id",
            words={
                "type": _("kind"),
                "data": _("public key, or secret encrypted with the installation's key"),
                "created_at": _("added on"),
                "last_used_at": _("last used on"),
            },
            never_given="data",
            clock=With(column="user"),
            closing=Delete(),
            used_in_restriction=_SIGN_IN,
        ),
        Personal(
            model=SocialAccount,
            activity=Activity.ACCOUNTS,
            tenant=NoTenants("person", "of an account"),
            subject="user_id",
            label=_("Sign-in with your organisation"),
            columns={
                "user": Category.IDENTIFIER,
                "uid": Category.IDENTIFIER,
                "extra_data": Category.IDENTIFIER,
                "last_login": Category.ACCESS,
                "date_joined": Category.ACCESS,
            },
            others="id provider",
            words={
                "uid": _("as whom the organisation knows you"),
                "extra_data": _("nothing more of what it tells us"),
                "last_login": _("last used on"),
                "date_joined": _("added on"),
            },
            context={"provider": _("organisation")},
            clock=With(column="user"),
            closing=Delete(),
            used_in_restriction=_SIGN_IN,
        ),
        Personal(
            model=SocialToken,
            activity=Activity.ACCOUNTS,
            tenant=NoTenants("person", "of an account"),
            subject="account__user_id",
            label=_("Keys of your organisation’s sign-in, which are not kept"),
            columns={
                "account": Category.IDENTIFIER,
                "token": Category.PASSWORD,
                "token_secret": Category.PASSWORD,
                "expires_at": Category.ACCESS,
            },
            others="id app",
            words={"token": _("key"), "token_secret": _("second key"), "expires_at": _("ends on")},
            never_given="token token_secret",
            clock=With(column="account"),
            closing=Delete(),
            used_in_restriction=_SIGN_IN,
        ),
        NotPersonal(
            model=SocialApp,
            tenant=_WORDS,
            columns="id provider provider_id name client_id secret key settings",
            why="unused: identity providers are rows of partners (communities.IdentityProvider)",
        ),
        NotPersonal(model=ContentType, tenant=_WORDS, columns="id app_label model", why="names of tables"),
        NotPersonal(model=Permission, tenant=_WORDS, columns="id name content_type codename",
                    why="names of permissions, unused"),
        NotPersonal(model=Group, tenant=_WORDS, columns="id name", why="unused"),
        NotPersonal(model=Group.permissions.through, tenant=_WORDS, columns="id group permission", why="unused"),
    ),
    stores=(
        Store(name="files:default", kind="file", personal=False,
              why="pictures and files that communities publish; what somebody's rows name goes with these rows"),
        Store(name="file:secret_key", kind="file", personal=False, why="the key that signs sessions and links"),
        Store(name="file:backup_key", kind="file", personal=False, why="the key with which backups are encrypted"),
        Store(name="file:backups", kind="file", personal=True, activity=Activity.RIGHTS,
              label=_("Backups, which are encrypted and go when their time is over"),
              why="encrypted copies of everything, for the policy's period; a restore repeats erasures",
              erasure=Keep(reason="liability", citation="GDPR art. 32(1)(c)")),
        Store(name="files:staticfiles", kind="file", personal=False, why="the program's own scripts and styles"),
        Store(name="cache:default", kind="cache", personal=True, activity=Activity.ACCOUNTS,
              label=_("Counts of what single addresses send, search and sign in"),
              why=_("They lie in memory and are gone within minutes.")),
        Store(name="log:console", kind="log", personal=False, why="what the program does; no addresses, no queries"),
        Store(name="cookie:session", kind="device", personal=True, activity=Activity.ACCOUNTS,
              why=_("Keeps you signed in. It is set when you sign in; whoever only reads never gets it."),
              kept=_("14 days, or until you sign out.")),
        Store(name="cookie:device", kind="device", personal=True, activity=Activity.ACCOUNTS,
              why=_("Knows that you signed in with this browser before: a sign-in with another one is told to you by "
                    "mail, and wrong passwords that others type elsewhere do not lock you out. It is set when you "
                    "sign in."),
              kept=_("13 months, or until you change your password or delete it in the settings of your browser.")),
        Store(name="cookie:csrf", kind="device", personal=False,
              why=_("Protects the form with which you sign in, and those after it, from being sent by another site."),
              kept=_("14 days, or until you delete it in the settings of your browser.")),
    ),
)  # fmt: skip
