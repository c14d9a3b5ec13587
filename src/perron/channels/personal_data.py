from perron.channels.email import outbox
from perron.privacy.declaring import Activity, Declarations, Store

DECLARATIONS = Declarations(
    stores=(
        Store(
            name="file:outbox",
            kind="file",
            personal=True,
            activity=Activity.RIGHTS,
            why="without a mail server, letters stay in a folder of the installation instead of leaving",
            erasure=outbox.forget,
        ),
    ),
)
