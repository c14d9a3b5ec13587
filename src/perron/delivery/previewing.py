"""What an item would say by mail and on a device: made as what is sent is made, from a draft, and for nobody."""

import json
from typing import Any

from perron.delivery import notifying, writing
from perron.letters.sender import sender
from perron.publishing.presenting import Story

# Where a mail has the key of its reader.
_NOBODY = "…"


def as_mail(story: Story, what: str) -> dict[str, Any]:
    """Return what the templates of a mail need, its `text`, and from whom it comes (`sender`); in the active language,
    in which the story was asked for. `what` is a `Release.What`."""
    own_pages = f"{writing.base_of(story.community)}/{story.wanted}/subscription/"
    context = writing.said(story, what) | {"own_place": f"{own_pages}{_NOBODY}/"}
    return context | {"text": writing.text_of(context), "sender": sender().address}


def as_notification(story: Story, what: str) -> dict[str, Any]:
    """Return what a device is given to show (Notifications API), shortened as it travels."""
    shown: dict[str, Any] = json.loads(notifying.told(story, what))["notification"]
    return shown
