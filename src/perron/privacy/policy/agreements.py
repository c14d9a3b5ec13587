"""What the operator agrees with others, from the policy: joint arrangements (GDPR art. 26), processing (art. 28)."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import override

from perron.privacy.policy.activity_parts import activity_part, categories, in_order, retentions
from perron.privacy.policy.documents import Fact, Part, facts
from perron.privacy.policy.general_parts import general_parts, recipient_words
from perron.privacy.policy.texts import Texts
from perron.privacy.policy.values import Policy, Recipient


def joint_activities(policy: Policy, words: Texts) -> tuple[Part, ...]:
    """Return the activities for which the operator is controller together with somebody (GDPR art. 26)."""
    with override(words.language):
        return tuple(
            activity_part(activity, policy, words) for activity in in_order(policy) if activity.role == "joint"
        )


def processors(policy: Policy, words: Texts) -> tuple[Part, ...]:
    """Return who processes on the operator's behalf, where what lies, and what leaves those places."""
    with override(words.language):
        found = [each for each in policy.recipients.values() if each.kind == "processor"]
        stated = [(each.id, words.recipient(each.id), _processor(each, policy, words)) for each in found]
        places = [part for part in general_parts(policy, words) if part.id in {"location", "transmissions", "security"}]
        return (Part("processors", _("Who processes for us"), "", facts(*stated)), *places)


@dataclass(frozen=True)
class Particulars:
    """What the processing terms say of one policy: the annexes to the clauses of GDPR art. 28(3).

    `services` are the activities done on the partner's behalf; `sub_processors` those who may be engaged (art. 28(2)).
    """

    services: tuple[Part, ...]
    sub_processors: tuple[Fact, ...]
    places: tuple[Fact, ...]
    transmissions: tuple[Fact, ...]
    measures: tuple[Fact, ...]
    backups: str


def particulars(policy: Policy, words: Texts) -> Particulars:
    """Return what the processing terms need from the policy, for any partner."""
    with override(words.language):
        general = {part.id: part.facts for part in general_parts(policy, words)}
        own = [activity for activity in in_order(policy) if activity.role == "processor"]
        engaged = dict.fromkeys(
            key for activity in own for key in activity.recipients if policy.recipients[key].kind == "processor"
        )
        return Particulars(
            services=tuple(
                Part(
                    activity.id,
                    words.activity(activity.id).name,
                    words.activity(activity.id).purpose,
                    facts(
                        ("subjects", _("Categories of persons"), [words.subject(key) for key in activity.subjects]),
                        ("categories", _("Categories of data"), categories(activity, words)),
                        ("retentions", _("How long"), retentions(activity, words)),
                    ),
                )
                for activity in own
            ),
            sub_processors=facts(
                *((key, words.recipient(key), recipient_words(policy.recipients[key], words)) for key in engaged)
            ),
            places=tuple(fact for fact in general.get("location", ()) if fact.id in policy.storages),
            transmissions=_transmissions(policy, own_ids=[activity.id for activity in own], all_=general),
            measures=general.get("security", ()),
            backups=words.period(policy.backups),
        )


def _transmissions(policy: Policy, *, own_ids: list[str], all_: dict[str, tuple[Fact, ...]]) -> tuple[Fact, ...]:
    concerned = {key for key, each in policy.transmissions.items() if set(each.activities) & set(own_ids)}
    return tuple(fact for fact in all_.get("transmissions", ()) if fact.id in concerned)


def _processor(recipient: Recipient, policy: Policy, words: Texts) -> list[str]:
    served = [words.activity(each.id).name for each in in_order(policy) if recipient.id in each.recipients]
    return [*recipient_words(recipient, words), words.listed(served)]
