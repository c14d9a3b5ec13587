"""What a policy says of each activity (GDPR arts 13(1)(c)–(e), (2)(a), (e), 14(1)(d), (2)(f))."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from perron.privacy.policy import labels
from perron.privacy.policy.documents import Part, facts
from perron.privacy.policy.texts import Texts
from perron.privacy.policy.values import Activity, Basis, Policy

# The contractual relation: an organisation names those who act for it.
_OF_ORGANISATIONS = {"D"}


def in_order(policy: Policy) -> list[Activity]:
    """Return the operator's activities by their letters, then the services that it does for partners."""
    return sorted(policy.activities.values(), key=lambda activity: (activity.role == "processor", activity.id))


def activity_parts(policy: Policy, words: Texts) -> Iterator[Part]:
    """Yield a part for each activity."""
    return (activity_part(activity, policy, words) for activity in in_order(policy))


def activity_part(activity: Activity, policy: Policy, words: Texts) -> Part:
    """Return what the policy says of one activity."""
    said = words.activity(activity.id)
    return Part(
        id=activity.id,
        title=said.name,
        lead=said.purpose,
        sort="service" if activity.role == "processor" else "activity",
        facts=facts(
            ("subjects", _("Whose data"), [words.subject(subject) for subject in activity.subjects]),
            ("categories", _("Which data"), categories(activity, words)),
            ("origin", _("From whom we have them"), [origin(activity)]),
            ("bases", _("Why we may"), bases(activity, words)),
            ("interest", _("Our interest"), [said.interest]),
            ("necessity", _("Must you give them?"), [necessity(activity), said.consequence]),
            ("recipients", _("Who receives them"), [words.recipient(recipient) for recipient in activity.recipients]),
            ("retentions", _("How long"), retentions(activity, words)),
            ("role", _("Who is responsible"), [responsible(activity, policy, words)]),
            ("source", _("About this entry"), [] if activity.from_source else [_source()]),
        ),
    )


def categories(activity: Activity, words: Texts) -> list[str]:
    """Return the categories of data, or that there are none."""
    if not activity.personal:
        return [_("No personal data.")]
    return [words.category(category) for category in activity.categories]


def origin(activity: Activity) -> str:
    """Return from whom the data come (GDPR art. 14(2)(f)); "" where there are none."""
    if not activity.personal:
        return ""
    if activity.role == "processor" or activity.id in _OF_ORGANISATIONS:
        return _("From you, or from the organisation for which you act.")
    return _("From you: what you give, and what arises when you use the service.")


def bases(activity: Activity, words: Texts) -> list[str]:
    """Return a sentence for each basis, after its ground and citation and, where there are several, for whom."""
    return [_basis(activity, basis, words) for basis in activity.bases]


def necessity(activity: Activity) -> str:
    """Return whether the data must be given (GDPR art. 13(2)(e)); "" where none are asked."""
    if not activity.personal:
        return ""
    return _("Yes, for this service.") if activity.required else _("No, this is voluntary.")


def retentions(activity: Activity, words: Texts) -> list[str]:
    """Return a sentence for each retention, with the law that demands it."""
    said = words.activity(activity.id).retentions
    return [
        f"{said[trigger]} ({labels.citation(retention.citation)})" if retention.citation else said[trigger]
        for trigger, retention in activity.retentions.items()
    ]


def responsible(activity: Activity, policy: Policy, words: Texts) -> str:
    """Return who answers for the activity."""
    other = words.recipient(activity.counterpart) if activity.counterpart else ""
    return labels.responsible(activity.role, operator=policy.operator.name, counterpart=other)


def capitalised(words: str) -> str:
    """Return `words` with a capital at their beginning."""
    return words[:1].upper() + words[1:]


def _basis(activity: Activity, basis: Basis, words: Texts) -> str:
    for_whom = ""
    if set(basis.subjects) != set(activity.subjects):
        for_whom = f", {words.listed([words.subject(subject) for subject in basis.subjects])}"
    ground = capitalised(words.ground(basis.ground))
    cited = f"{ground} ({labels.citation(basis.citation)}){for_whom}"
    return labels.told(cited, words.activity(activity.id).bases[basis.id])


def _source() -> str:
    return _("The policy as first published does not name it; it is described apart because it is done for partners.")
