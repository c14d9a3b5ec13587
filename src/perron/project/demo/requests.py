"""A few rights requests, so that the desk has something to answer: one nearly due, one waiting, one refused."""

from datetime import date, timedelta

from perron.core.clock import today
from perron.letters.outbox import is_local
from perron.privacy.acting import SYSTEM
from perron.privacy.models import Proof, Request
from perron.privacy.requests import working
from perron.privacy.requests.entering import Wish, enter_for
from perron.privacy.requests.grounds import Ground
from perron.privacy.requests.tables import Channel, Kind


def write_some() -> None:
    """Enter three requests of invented people, unless there are some already; write to nobody by a mail server."""
    if not is_local() or Request.objects.exists() or Proof.objects.exists():
        return
    day = today()
    _nearly_due(day)
    _waiting(day)
    _refused(day)


def _nearly_due(day: date) -> None:
    wish = Wish(
        kind=Kind.RECTIFICATION, name="Lambert", first_name="Odile", language="fr", email="odile.lambert@example.org",
        message="Mon nom s’écrit Lambert, avec un t. Merci de le corriger partout.",
    )  # fmt: skip
    row = enter_for(wish, by=SYSTEM, channel=Channel.LETTER, received_on=day - timedelta(days=26),
                    identified_by="Signature comparée avec celle du contrat.")  # fmt: skip
    working.take_up(row, by=SYSTEM)


def _waiting(day: date) -> None:
    wish = Wish(
        kind=Kind.ACCESS, name="Peeters", first_name="Jan", language="nl", email="jan.peeters@example.org",
        message="Ik wil graag weten wat u over mij bewaart.",
    )  # fmt: skip
    row = enter_for(wish, by=SYSTEM, channel=Channel.TELEPHONE, received_on=day - timedelta(days=5))
    working.ask_identity(row, "U belde ons: antwoord vanaf het adres dat u bij ons opgaf, dan weten wij genoeg.",
                         by=SYSTEM)  # fmt: skip


def _refused(day: date) -> None:
    wish = Wish(
        kind=Kind.ERASURE, name="Schmitz", first_name="Anna", language="de", email="anna.schmitz@example.org",
        message="Bitte löschen Sie auch die Rechnungen des letzten Jahres.",
    )  # fmt: skip
    row = enter_for(wish, by=SYSTEM, channel=Channel.EMAIL, received_on=day - timedelta(days=20),
                    identified_by="Von der bekannten Adresse geschrieben.")  # fmt: skip
    reasons = "Rechnungen müssen wir nach dem Steuerrecht aufbewahren. Alles andere ist gelöscht."
    working.refuse(row, Ground.LAW, reasons, by=SYSTEM)
