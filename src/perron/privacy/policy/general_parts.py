"""What a policy says that holds for all activities: who, where, how safe, which rights, whom to ask."""

from django.utils.translation import gettext as _

from perron.privacy.policy import labels
from perron.privacy.policy.activity_parts import capitalised, in_order
from perron.privacy.policy.documents import Fact, Part, Said, body_facts, facts
from perron.privacy.policy.texts import Texts
from perron.privacy.policy.values import Policy, Recipient, ThirdParty


def who(policy: Policy, words: Texts) -> Part:
    """Return who the operator is and for what it answers (GDPR art. 13(1)(a), (b))."""
    representatives = tuple(
        Fact(f"{role}.{fact.id}", labels.told(words.representative(role), fact.label), fact.values)
        for role, body in policy.representatives.items()
        for fact in body_facts(body, words)
    )
    law = facts(
        ("roles", _("Who decides"), [words.statement("roles")]),
        ("laws", _("Law"), [labels.law(law) for law in policy.laws]),
    )
    return Part(
        "who", _("Who we are"), words.introduction, (*body_facts(policy.operator, words), *representatives, *law)
    )


def general_parts(policy: Policy, words: Texts) -> tuple[Part, ...]:
    """Return the parts that follow those of the activities, in their order on the page."""
    makers = (_recipients, _location, _transmissions, _passing, _security, rights, complaint, _links, _changes)
    made = (make(policy, words) for make in makers)
    return tuple(part for part in made if part.facts)


def recipient_words(recipient: Recipient, words: Texts) -> list[str]:
    """Return who a recipient is by name and country, what it is, and under which agreement: each by itself."""
    named = " · ".join(filter(None, [recipient.name, words.country(recipient.country) if recipient.country else ""]))
    agreement = words.agreement(recipient.agreement) if recipient.agreement else ""
    return [named, labels.recipient_kind(recipient.kind), agreement]


def rights(policy: Policy, words: Texts) -> Part:
    """Return the rights, each with the ground that it depends on, if on one (GDPR art. 13(2)(b), (c), (f))."""
    stated = []
    for right in dict.fromkeys(right for several in policy.rights.values() for right in several):
        said = words.right(right)
        grounds = [ground for ground, several in policy.rights.items() if right in several and ground != "all"]
        where = [_where(policy, words, ground) for ground in grounds]
        stated.append((right, said.name, [said.text, *where]))
    machines = _("No decision about you is taken by a program alone, and no profile is made of you.")
    decisions = ("decisions", _("Automated decisions"), [f"{machines} ({labels.citation('GDPR art. 22')})"])
    age = ("age", _("Children"), [f"{words.statement('children')} ({labels.citation(policy.age_citation)})"])
    return Part("rights", _("The rights that you have"), words.statement("rights"), facts(*stated, decisions, age))


def complaint(policy: Policy, words: Texts) -> Part:
    """Return whom to ask and where to complain (GDPR art. 13(2)(d))."""
    authority = policy.authority
    pages = facts(
        ("rights_page", _("On your rights"), [Said(authority.rights_page, authority.rights_page)]),
        ("complaint_page", _("To complain"), [Said(authority.complaint_page, authority.complaint_page)]),
    )
    name = facts(("authority", _("Supervisory authority"), [words.authority]))
    return Part(
        "contact", _("Questions and complaints"), words.statement("contact"),
        (*name, *body_facts(authority.body, words), *pages),
    )  # fmt: skip


def _recipients(policy: Policy, words: Texts) -> Part:
    stated = [(key, words.recipient(key), recipient_words(each, words)) for key, each in policy.recipients.items()]
    return Part("recipients", _("Who receives data"), "", facts(*stated))


def _location(policy: Policy, words: Texts) -> Part:
    stated = [
        (key, words.storage(key), [f"{each.place}, {words.country(each.country)}", words.recipient(each.recipient)])
        for key, each in policy.storages.items()
    ]
    backups = ("backups", _("How long in backups"), [words.statement("backups")])
    return Part("location", _("Where your data are"), words.statement("location"), facts(*stated, backups))


def _transmissions(policy: Policy, words: Texts) -> Part:
    stated = [
        (
            key,
            words.transmission(key),
            [
                f"{words.recipient(each.recipient)}, {words.country(each.country)}",
                words.listed([words.activity(activity).name for activity in each.activities]),
                labels.citation(each.citation),
            ],
        )
        for key, each in policy.transmissions.items()
    ]
    return Part("transmissions", _("What leaves these places"), "", facts(*stated))


def _passing(policy: Policy, words: Texts) -> Part:
    stated = [(key, capitalised(words.trigger(key)), [words.passing(key)]) for key in policy.passing]
    return Part("passing", _("Short traces"), "", facts(*stated))


def _security(policy: Policy, words: Texts) -> Part:
    sorts: dict[str, list[str]] = {}
    for key, measure in policy.measures.items():
        sorts.setdefault(measure.sort, []).append(words.measure(key))
    stated = [(sort, labels.measure_sort(sort), sentences) for sort, sentences in sorts.items()]
    return Part("security", _("How we protect them"), words.statement("security"), facts(*stated))


def _links(policy: Policy, words: Texts) -> Part:
    stated = [(key, each.name, _third_party(each, words)) for key, each in policy.third_parties.items()]
    lead = words.statement("links") if stated else ""
    return Part("links", _("Other people's sites"), lead, facts(*stated))


def _third_party(site: ThirdParty, words: Texts) -> list[str | Said]:
    network = [_("A social network.")] if site.is_network else []
    return [words.third_party(site.id), *network, Said(site.policy, site.policy)]


def _changes(policy: Policy, words: Texts) -> Part:
    version = policy.version
    undertaking = [words.statement("undertaking")] if policy.does("D") else []
    return Part(
        "changes", _("This version"), words.statement("changes"),
        facts(
            ("in_force", _("In force since"), [labels.day_words(version.in_force)]),
            ("announced", _("Announced on"), [labels.day_words(version.announced)]),
            ("new", _("What changed"), [words.changes]),
            ("undertaking", _("If you give us data about your staff"), undertaking),
        ),
    )  # fmt: skip


def _where(policy: Policy, words: Texts, ground: str) -> str:
    resting = [
        words.activity(activity.id).name
        for activity in in_order(policy)
        if any(basis.ground == ground for basis in activity.bases)
    ]
    named = {"ground": words.ground(ground), "activities": words.listed(resting)}
    return _("Where we rest on %(ground)s: %(activities)s.") % named
