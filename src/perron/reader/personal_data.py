"""What the app keeps on a reader's device. None of it is ever sent: the server records nobody's choice."""

from django.utils.translation import gettext_lazy as _

from perron.privacy.declaring import Activity, Declarations, Store

_UNTIL_DELETED = _("Until you delete it in the settings of your browser.")

DECLARATIONS = Declarations(
    stores=(
        Store(
            name="localstorage:perron:{platform}:following",
            kind="device",
            personal=True,
            activity=Activity.BROWSING,
            why=_("Remembers the places and topics that you chose to read."),
            kept=_("Until you change the choice or delete it in the settings of your browser."),
        ),
        Store(
            name="localstorage:perron:{platform}:visit",
            kind="device",
            personal=True,
            activity=Activity.BROWSING,
            why=_("Remembers when you last looked, to show what is new since."),
            kept=_("Until your next visit, which writes over it."),
        ),
        Store(
            name="localstorage:perron:{platform}:language",
            kind="device",
            personal=True,
            activity=Activity.BROWSING,
            why=_("Remembers the language that you chose."),
            kept=_("Until you choose another or delete it in the settings of your browser."),
        ),
        Store(
            name="cachestorage:perron:{platform}:shell:{build}",
            kind="device",
            personal=False,
            why=_("Holds the files of the app, so that it opens without a connection."),
            kept=_("Until there is a new version of the app, which replaces it."),
        ),
        Store(
            name="cachestorage:perron:{platform}:pages",
            kind="device",
            personal=True,
            activity=Activity.BROWSING,
            why=_("Holds the last 60 pages that you read, so that they open without a connection."),
            kept=_UNTIL_DELETED,
        ),
        Store(
            name="cachestorage:perron:{platform}:documents",
            kind="device",
            personal=True,
            activity=Activity.BROWSING,
            why=_("Holds the news of the places that you follow, so that you can read it without a connection."),
            kept=_UNTIL_DELETED,
        ),
        Store(
            name="cachestorage:perron:{platform}:pictures",
            kind="device",
            personal=True,
            activity=Activity.BROWSING,
            why=_("Holds the last 120 pictures that you saw, so that they show without a connection."),
            kept=_UNTIL_DELETED,
        ),
        Store(
            name="serviceworker:{root}",
            kind="device",
            personal=False,
            why=_("Is the script of the app that answers when there is no connection."),
            kept=_UNTIL_DELETED,
        ),
    )
)
