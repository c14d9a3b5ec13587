"""What a message is called, on a list of mails or on a lock screen, where nothing else tells what it is."""

from django.utils.translation import gettext as _

from perron.publishing.models import Release
from perron.publishing.presenting import Story


def title_of(story: Story, what: str) -> str:
    """Return the title of a message that tells of a story, by `Release.What`; in the active language.

    An exercise says so in its headline already.
    """
    said = {"title": story.headline}
    is_alert = story.kind == "alert"
    if what == Release.What.WITHDRAWN:
        return (_("Ended: %(title)s") if is_alert else _("Withdrawn: %(title)s")) % said
    if not is_alert or story.is_exercise or story.headline.casefold().startswith(_("alert")):
        return story.headline
    return (_("Alert, updated: %(title)s") if what == Release.What.CORRECTED else _("Alert: %(title)s")) % said
