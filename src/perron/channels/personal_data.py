from django.utils.translation import gettext_lazy as _

from perron.channels.email import outbox
from perron.privacy.declaring import Activity, Declarations, Store

DECLARATIONS = Declarations(
    stores=(
        Store(
            name="file:outbox",
            kind="file",
            personal=True,
            activity=Activity.RIGHTS,
            label=_("Letters to you that wait in the outbox"),
            why="without a mail server, letters stay in a folder of the installation instead of leaving",
            erasure=outbox.forget,
        ),
        Store(
            name="file:dkim_keys",
            kind="file",
            personal=False,
            why="the keys with which mail is signed for the domain that it comes from",
        ),
    ),
)
