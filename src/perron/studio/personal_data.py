"""What the studio keeps on the device of those who write."""

from django.utils.translation import gettext_lazy as _

from perron.privacy.declaring import Activity, Declarations, Store

DECLARATIONS = Declarations(
    stores=(
        Store(
            name="localstorage:perron:studio:draft:…",
            kind="device",
            personal=True,
            activity=Activity.STAFF,
            why=_("For those who write for a community: holds what could not be saved for want of a connection."),
            kept=_("Until it is saved, or you sign out."),
        ),
    )
)
