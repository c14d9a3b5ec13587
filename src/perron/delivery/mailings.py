"""Mails for the sources of packages above: a text made once for each language, then filled in for each reader."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from perron.channels.email.mail import Mail
from perron.channels.email.mailing import OWN_PLACE, Mailing, Prepared
from perron.delivery.models import Delivery
from perron.delivery.sources import To
from perron.letters.sender import host, sender
from perron.privacy.declaring import Activity
from perron.privacy.subjects import Subject

__all__ = ["OWN_PLACE", "Mailings", "Said"]


@dataclass(frozen=True)
class Said:
    """What the readers of one language get; in text and page, `OWN_PLACE` stands for each reader's own page."""

    heading: str
    text: str
    html: str


class Mailings:
    """Writes a dispatch of the operator's own.

    `say` makes it in a language; `place` has the address of a reader's own page in a language, by their row; by a POST
    to `stop/` below it, the mails end (RFC 8058). `list_name` names the list (RFC 2919), before our host; answers go to
    `reply_to`.
    """

    def __init__(
        self,
        say: Callable[[str], Said],
        *,
        activity: Activity,
        place: Callable[[str, UUID], str],
        list_name: str,
        date: datetime,
        reply_to: str,
    ) -> None:
        self._say, self._activity, self._place = say, activity, place
        self._list_id, self._date, self._reply_to = f"{list_name}.{host()}", date, reply_to
        self._made: dict[str, Mailing] = {}

    def to(self, to: To, delivery: Delivery) -> Prepared:
        """Return the mail to one reader."""
        if to.language not in self._made:
            self._made[to.language] = Mailing.of(self._mail(to.language, delivery))
        place = self._place(to.language, delivery.recipient_id)
        return self._made[to.language].to(
            to.address,
            delivery.subject,
            message_id=f"<{delivery.pk}@{host()}>",
            own_place=place,
            unsubscribe=f"{place}stop/",
        )

    def _mail(self, language: str, delivery: Delivery) -> Mail:
        said = self._say(language)
        return Mail(
            # Each reader's own replaces what is asked for here.
            to="reader@example.org",
            whose=Subject("address", delivery.dispatch_id),
            message_id=f"<{delivery.dispatch_id}@{host()}>",
            activity=self._activity,
            sender=sender(),
            date=self._date,
            heading=said.heading,
            text=said.text,
            html=said.html,
            language=language,
            reply_to=self._reply_to,
            list_id=self._list_id,
        )
