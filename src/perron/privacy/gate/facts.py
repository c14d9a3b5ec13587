"""The facts of a policy hold together, whatever the program does: who receives what, where it lies, since when."""

from collections.abc import Iterator

from django.conf import settings

from perron.privacy.gate.lawful import EEA, EU, lawful_gaps
from perron.privacy.policy.current import versions_in
from perron.privacy.policy.reading import BadPolicy
from perron.privacy.policy.texts import texts
from perron.privacy.policy.values import Activity, Body, Policy

_STORAGES = ("database", "media", "backup", "mail")


def fact_gaps(policy: Policy) -> Iterator[str]:
    """Yield a sentence for each fact of the policy that does not hold together, or that has no words."""
    for activity in policy.activities.values():
        yield from _activity_gaps(activity)
    yield from _repetition_gaps(policy)
    yield from _recipient_gaps(policy)
    yield from _place_gaps(policy)
    yield from _number_gaps(policy.operator)
    yield from lawful_gaps(policy)
    yield from _date_gaps(policy)
    for language, _name in settings.LANGUAGES:
        if language not in policy.languages:
            yield f"policy: languages lacks {language!r}, which the program speaks; add it, with its file of words."
    introductions: dict[str, str] = {}
    for language in dict.fromkeys(policy.languages):
        try:
            said = texts(language, policy).introduction
        except BadPolicy as error:
            yield from str(error).splitlines()
            continue
        if (other := introductions.setdefault(said, language)) != language:
            yield f"{policy.folder / language}.toml: says the same as {other}.toml; translate it."


def _activity_gaps(activity: Activity) -> Iterator[str]:
    here = f"policy: activities.{activity.id}"
    parts = ("categories", "bases", "recipients", "retentions")
    if not activity.personal:
        for part in parts:
            if getattr(activity, part):
                yield f"{here}.{part} is filled, but the activity touches nobody; empty it, or set personal = true."
        if activity.required:
            yield f"{here}.required: nobody's data are needed where the activity touches nobody; set required = false."
        return
    for part in ("subjects", *parts):
        if not getattr(activity, part):
            yield f"{here}.{part} is empty, but the activity touches people; fill it, or set personal = false."
    resting = {subject for basis in activity.bases for subject in basis.subjects}
    for subject in sorted(set(activity.subjects) - resting):
        yield f"{here}: on what does it rest for {subject}? Add that subject to one of its bases."
    for subject in sorted(resting - set(activity.subjects)):
        yield f"{here}: a basis is for {subject}, who is not among its subjects; add or remove that subject."
    yield from _sharing_gaps(activity, here)


def _repetition_gaps(policy: Policy) -> Iterator[str]:
    lists = {"languages": policy.languages, "laws": policy.laws, "omitted": policy.omitted}
    for activity in policy.activities.values():
        for part in ("subjects", "categories", "recipients"):
            lists[f"activities.{activity.id}.{part}"] = getattr(activity, part)
        lists[f"activities.{activity.id}.bases"] = tuple(basis.id for basis in activity.bases)
    for key, entries in lists.items():
        for entry in sorted({entry for entry in entries if entries.count(entry) > 1}):
            yield f"policy: {key} names {entry} twice; keep one."


def _sharing_gaps(activity: Activity, here: str) -> Iterator[str]:
    shared = activity.role in {"joint", "processor"}
    if shared != bool(activity.counterpart):
        yield f"{here}.counterpart: name the other controller where role is joint or processor, and nobody elsewhere."
    elif shared and activity.counterpart not in activity.recipients:
        yield f"{here}.counterpart: {activity.counterpart} is not among its recipients; add it there."
    for trigger, retention in activity.retentions.items():
        if retention.contract_may_shorten and activity.role != "processor":
            yield f"{here}.retentions.{trigger}: a contract may shorten only what is done as processor; remove the key."


def _recipient_gaps(policy: Policy) -> Iterator[str]:
    used = {
        **{name: f"activities.{a.id}.recipients" for a in policy.activities.values() for name in a.recipients},
        **{storage.recipient: f"storages.{storage.kind}" for storage in policy.storages.values()},
        **{each.recipient: f"transmissions.{each.id}" for each in policy.transmissions.values()},
    }
    for name in sorted(set(used) - set(policy.recipients)):
        yield f"policy: {used[name]} names {name}, of whom there is no record; add recipients.{name}."
    for recipient in policy.recipients.values():
        here = f"policy: recipients.{recipient.id}"
        if recipient.id not in used:
            yield f"{here} receives nothing; name it where it receives, or remove it."
        if (recipient.kind in {"processor", "joint"}) != bool(recipient.agreement):
            yield f"{here}.agreement: name the contract with a processor or joint controller, and none elsewhere."
        sent = {each.recipient for each in policy.transmissions.values()}
        if recipient.country and recipient.country not in EEA and recipient.id not in sent:
            yield f"{here} is outside the European Union; describe the transfer under transmissions."
    for activity in policy.activities.values():
        counterpart = policy.recipients.get(activity.counterpart)
        if counterpart and counterpart.kind != "joint":
            yield f'policy: recipients.{counterpart.id} is a controller with or above the operator; set kind = "joint".'
    counterparts = {activity.counterpart for activity in policy.activities.values()}
    for recipient in policy.recipients.values():
        if recipient.kind == "joint" and recipient.id not in counterparts:
            yield f"policy: recipients.{recipient.id} is joint, but counterpart of no activity; correct one of the two."


def _place_gaps(policy: Policy) -> Iterator[str]:
    for kind in _STORAGES:
        if kind not in policy.storages:
            yield f"policy: storages.{kind} is missing; say where it lies."
    for storage in policy.storages.values():
        here = f"policy: storages.{storage.kind}"
        if storage.country not in EU:
            yield f"{here} lies outside the European Union ({storage.country}); move it into a member state."
        holder = policy.recipients.get(storage.recipient)
        if holder and holder.kind not in {"processor", "staff"}:
            yield f"{here}: {holder.id} keeps data but is neither processor nor staff; correct its kind."
    for each in policy.transmissions.values():
        for activity in each.activities:
            if activity not in policy.activities:
                yield f"policy: transmissions.{each.id} serves {activity}, which is not described; correct it."


def _number_gaps(body: Body) -> Iterator[str]:
    """The last two digits of a Belgian enterprise number check the others (modulo 97)."""
    number = "".join(digit for digit in body.enterprise_number if digit.isdigit())
    if body.country == "BE" and number and (len(number) != 10 or 97 - int(number[:8]) % 97 != int(number[8:])):
        yield f"policy: operator.enterprise_number {body.enterprise_number!r} does not exist; copy it again."


def _date_gaps(policy: Policy) -> Iterator[str]:
    announced, in_force = policy.version.announced, policy.version.in_force
    if announced > in_force:
        yield f"policy: version.announced {announced} is after version.in_force {in_force}; announce first."
    earlier = [known for known in versions_in(policy.folder.parent) if known.version.in_force < in_force]
    if not earlier:
        return
    before = earlier[-1]
    if announced < before.version.announced:
        yield f"policy: version.announced {announced} is before that of the version before; correct it."
    new = sorted(set(policy.activities) - set(before.activities))
    if new and announced >= in_force:
        yield f"policy: activity {new[0]} is new; announce it before it begins (GDPR art. 13(3)): version.announced."
