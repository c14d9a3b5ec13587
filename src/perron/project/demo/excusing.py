"""The demo's own accounts work without a second factor: everybody knows their password, and the screens say so.

It takes all three: the demo was loaded here, the installation is reached on the own machine only, and the account is
one of the demo's. Whoever signs something sets up a factor all the same.
"""

from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from perron.accounts.models import Person
from perron.communities.strong_staff import excuse
from perron.project.demo.places import note_path, sign_ins

_OWN_MACHINE = {"localhost", "127.0.0.1", "::1"}


def is_demo() -> bool:
    """Say whether this is an installation with the demo, on somebody's own machine."""
    return urlsplit(settings.PERRON_ORIGIN).hostname in _OWN_MACHINE and note_path().is_file()


def is_demo_account(person: Person) -> bool:
    """Say whether `person` is one of the demo's accounts, in a demo."""
    return is_demo() and person.email in {account.email.lower() for account in sign_ins()}


def note() -> str:
    """Return what the sign-in page says in a demo, else ""."""
    if not is_demo():
        return ""
    return _(
        "This is a demo: its accounts sign in with the password alone. On a real installation, whoever works here "
        "needs a passkey or an authenticator app."
    )


excuse(is_demo_account, note)
