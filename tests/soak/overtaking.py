"""Alerts that are released while the newsletter goes to very many: whether they overtake it, by the order in which
messages left. Nothing here is about time."""

import random
import time
from collections import Counter
from dataclasses import dataclass
from functools import partial

from django.db import connection, transaction

from perron.audience.models import Channel
from perron.communities.models import Community
from perron.core.clock import now
from perron.delivery.carriers.mail import Mail
from perron.delivery.models import Dispatch
from perron.outreach.models import NewsReader
from perron.outreach.newsletter import sending
from perron.privacy.acting import SYSTEM
from perron.privacy.declaring import Activity
from perron.privacy.policy.current import policy
from perron.privacy.wishes import Consent
from tests import making
from tests.delivery.crowd import crowd
from tests.outreach.readers import basis, campaign
from tests.soak.alert import receivers
from tests.soak.killing import Cost
from tests.soak.receivers import Receipts
from tests.soak.workers import Worker, wait_for

_FOR_EACH, _MOST = 10_000, 1_000_000
# How many an alert goes to; one of five of them has a device.
_ALERTED, _MOST_ALERTED = 400, 2_000
_ON_A_DEVICE = 5
# So many alerts while the list of the newsletter is being made, and as many when it only is sent.
_ALERTS = 5
_RELEASED, _NEWS, _NEWS_SHARD, _ALERT_MAIL = "released", "mail news", "made campaign", "mail reader"
# Seconds that one takes, about.
_A_SHARD = 0.3
# One statement for a table: row by row, a million would take longer than all that comes after.
_READERS = (
    "(id, subject_id, email, language) {numbers} SELECT {uuid}, {uuid}, 'news' || i || '@example.org', 'fr' FROM n"
)
_CONSENTS = """
    (id, subject_kind, subject_id, activity, basis, given, at, policy_version, wording, language, form, of_age)
    {numbers} SELECT {uuid}, 'address', {uuid}, %s, %s, {true}, {now}, %s, 'Oui.', 'fr', 'newsletter', 30 FROM n
"""
_IN = {
    "postgresql": {"uuid": "lpad(to_hex(i), 32, '0')::uuid", "true": "true"},
    "sqlite": {"uuid": "printf('%%032x', i)", "true": "1"},
}


@dataclass(frozen=True)
class _Overtook:
    """What left between an alert's release and its last mail.

    `mails` of the newsletter, and those of them that left when all of the alert was waiting (`behind`); `shards` of its
    list that were made before the alert's was whole, and after (`later`). `alert` are the alert's own receipts.
    """

    mails: int
    behind: int
    shards: int
    later: int
    alert: Counter[str]


def overtaking(name: str, wanted: int) -> Cost:
    """Before an alert goes one shard of the newsletter's list at most, and one batch of its mails."""
    number, alerted = min(wanted * _FOR_EACH, _MOST), min(wanted * _ALERTED, _MOST_ALERTED)
    chance, alerts, while_making = random.Random(name), min(wanted, _ALERTS), 0
    community = making.community("capital", names={"fr": "Capitale"})
    with receivers() as (receipts, origin):
        on_devices = alerted // _ON_A_DEVICE
        crowd(community, Channel.EMAIL, (f"reader{each}@capital.example" for each in range(alerted - on_devices)))
        crowd(community, Channel.PUSH, (f"{origin}/push/{each}" for each in range(on_devices)))
        newsletter = _newsletter(number)
        worker = Worker(receipts)
        wait_for(lambda: _sent(receipts))
        for place in range(alerts):
            wait_for(partial(_is_made, newsletter, number * place // alerts))
            time.sleep(chance.uniform(0, _A_SHARD))
            while_making += _is_open(newsletter, expanded_at=None)
            _release(community, receipts)
        wait_for(lambda: not _is_open(newsletter, expanded_at=None))
        for _ in range(alerts):
            time.sleep(chance.uniform(0, _A_SHARD))
            _release(community, receipts)
        assert _is_open(newsletter), "all of the newsletter has left: nothing was overtaken"
        worker.kill()
        # What is left of it goes to nobody.
        Dispatch.objects.filter(pk=newsletter.pk).update(ended_at=now())
        _before, *stretches = receipts.file.read_text().split(f"{_RELEASED}\n")
    found = [_overtook(each.splitlines()) for each in stretches]
    behind, shards, later = (max(getattr(each, name) for each in found) for name in ("behind", "shards", "later"))
    # Making a list gives way for longer than a batch of mails takes.
    batches = (alerted - on_devices) // Mail.in_flight
    lost = sum(alerted - len(each.alert) for each in found) + sum(
        max(0, value - most) for value, most in ((behind, Mail.in_flight), (shards, 1), (later, batches))
    )
    doubled = sum(each.alert.total() - len(each.alert) for each in found)
    told = (
        f"{number:,} readers of the newsletter, {len(found)} alerts to {alerted:,}, {while_making} of them while its "
        f"list was being made; before an alert's last mail left at most {max(each.mails for each in found)} of the "
        f"newsletter's mails, {behind} of them (allowed: {Mail.in_flight}) when all of the alert waited; at most "
        f"{shards} shard of its list (allowed: 1) was made before the alert's, and {later} (allowed: {batches}) while "
        "that left"
    )
    return Cost(name, 1, len(found), lost, doubled, more=told)


def _newsletter(number: int) -> Dispatch:
    """Plant so many who agreed to the newsletter, and send it to them."""
    agreed = basis(consent=True)
    words = _IN[connection.vendor] | {
        "numbers": f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {number})",
        "now": f"'{now():%Y-%m-%d %H:%M:%S}'",
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {NewsReader._meta.db_table} {_READERS.format(**words)}", [])
        cursor.execute(
            f"INSERT INTO {Consent._meta.db_table} {_CONSENTS.format(**words)}",
            [Activity.PROMOTION.value, agreed, str(policy().version.in_force)],
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    message = campaign(consent=True)
    sending.send(message, expected=message.edition, number=number, by=SYSTEM)
    return Dispatch.objects.get(source=sending.SOURCE, about=message.pk)


def _is_made(newsletter: Dispatch, number: int) -> bool:
    """Say whether its list is made so far: its readers' keys are their numbers."""
    cursor = Dispatch.objects.get(pk=newsletter.pk).cursor
    return (cursor.int if cursor else 0) >= number


def _is_open(newsletter: Dispatch, **how: None) -> bool:
    return Dispatch.objects.filter(pk=newsletter.pk, ended_at=None, **how).exists()


def _sent(receipts: Receipts) -> bool:
    return any(line.startswith(_NEWS) for line in receipts.lines())


def _release(community: Community, receipts: Receipts) -> None:
    """Release an alert, and wait until it is over."""
    release = making.released("alert", at=community).releases.get()
    receipts.add(_RELEASED)
    wait_for(lambda: Dispatch.objects.filter(release=release).exclude(ended_at=None).exists())


def _overtook(lines: list[str]) -> _Overtook:
    last = max(place for place, line in enumerate(lines) if line.startswith(_ALERT_MAIL))
    whole = lines.index("made release whole")
    return _Overtook(
        mails=sum(line.startswith(_NEWS) for line in lines[:last]),
        behind=sum(line.startswith(_NEWS) for line in lines[whole:last]),
        shards=sum(line.startswith(_NEWS_SHARD) for line in lines[:whole]),
        later=sum(line.startswith(_NEWS_SHARD) for line in lines[whole:last]),
        alert=Counter(line for line in lines if line.startswith((_ALERT_MAIL, "push "))),
    )


overtaking.kills_by_itself = True  # type: ignore[attr-defined]
