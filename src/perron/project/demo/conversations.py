"""What people wrote to the demo's operator: one waits, one is answered, one is closed."""

from datetime import timedelta

from perron.communities.models import Platform
from perron.core import clock
from perron.outreach.contact import answering, finding
from perron.outreach.contact.receiving import Written, receive
from perron.outreach.models import Conversation
from perron.privacy.declaring import Activity
from perron.privacy.policy.current import policy
from perron.project.demo.entries import table


def bring_in() -> None:
    """Make the conversations, unless there are some or the operator's policy has no contact tab."""
    staff = finding.staff().first()
    if staff is None or Conversation.stored.exists() or not policy().does(Activity.CONTACT):
        return
    front, by = Platform.objects.filter(is_front=True).first(), staff.actor
    for row in table("contact")["conversation"]:
        asked = Written(**row["written"])
        with clock.travel(clock.now() - timedelta(hours=row["hours_ago"])):
            made = receive(asked, language=row["language"], platform=front)
            if "note" in row:
                answering.note(made, row["note"], by=by)
        if "answer" in row:
            with clock.travel(clock.now() - timedelta(hours=row["hours_ago"] // 2)):
                answering.answer(made, row["answer"], by=by)
        if row.get("closed"):
            answering.close(made, by=by)
