"""What the app keeps on a reader's device.

None of it is sent but by who switched on that their devices have the same: the server records nobody else's choice.
"""

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
            name="localstorage:perron:{platform}:saved",
            kind="device",
            personal=True,
            activity=Activity.BROWSING,
            why=_("Remembers what you saved to read again: its address, title and source."),
            kept=_("Until you take it off the list or delete it in the settings of your browser."),
        ),
        Store(
            name="localstorage:perron:{platform}:sync",
            kind="device",
            personal=True,
            activity=Activity.ACCOUNTS,
            why=_(
                "Remembers, if you switched it on, that this device has the same choice as your others, and when you "
                "changed what."
            ),
            kept=_("Until you switch it off, or delete it in the settings of your browser."),
        ),
        Store(
            name="cachestorage:perron:{platform}:saved",
            kind="device",
            personal=True,
            activity=Activity.BROWSING,
            why=_("Holds the pages that you saved, with their pictures, so that they open without a connection."),
            kept=_("Until you take it off the list or delete it in the settings of your browser."),
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
            name="push:{root}",
            kind="device",
            personal=True,
            activity=Activity.SUBSCRIPTIONS,
            why=_("Lets your browser be told, if you switched notifications on, by its maker’s push service."),
            kept=_("Until you switch notifications off, here or in the settings of your browser."),
        ),
        Store(
            name="cachestorage:perron:{platform}:push",
            kind="device",
            personal=True,
            activity=Activity.SUBSCRIPTIONS,
            why=_("Remembers, if you switched notifications on, the key with which you change or end them."),
            kept=_("Until you switch notifications off, here or in the settings of your browser."),
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
