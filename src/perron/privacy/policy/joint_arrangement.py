"""The arrangement between the operator and a partner about the accounts on its platforms (GDPR art. 26)."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import override

from perron.privacy.policy.activity_parts import activity_part, in_order
from perron.privacy.policy.deeds import Party, clauses, joined, part_lines, parties
from perron.privacy.policy.documents import Part
from perron.privacy.policy.texts import Texts
from perron.privacy.policy.values import Policy


def arrangement(policy: Policy, words: Texts, partner: Party) -> str:
    """Return the whole text in the language of `words`."""
    with override(words.language):
        return joined(_lines(policy, words, partner))


def _lines(policy: Policy, words: Texts, partner: Party) -> Iterator[str]:
    title = _("Arrangement on accounts between joint controllers")
    side = _("Joint controller")
    yield from parties(policy, words, partner, title=title, source=_("GDPR art. 26"), sides=(side, side))
    yield "## " + _("Subject and duration")
    yield _(
        "The two decide together why and how the data of the annex are used: those that people give to have an account "
        "on the partner’s platforms. This arrangement says who of them does what. It holds for as long as people can "
        "have an account there."
    )
    yield from clauses(_duties(words))
    yield "## " + _("Annex: the activities, as people read them")
    for part in _shared(policy, words):
        yield from part_lines(part)


def _duties(words: Texts) -> list[tuple[str, str, str]]:
    return [
        (_("Informing people"), "12, 13, 14", _(
            "The operator informs by its policy and by the notice beside each form. The partner makes both known to "
            "its own public, and says nothing that differs from them."
        )),
        (_("Requests"), "15–22, 26(3)", _(
            "People may exercise every right towards either of the two. Whoever receives a request tells the other "
            "without delay; the operator carries it out in the program, within the time limits of the GDPR. The "
            "contact point is the operator’s:"
        ) + " " + words.statement("contact")),
        (_("Security"), "32", _(
            "The operator secures the program and where the data are stored. Each of the two secures the access of its "
            "own staff, and gives it only to those whose task needs it."
        )),
        (_("Breaches"), "33, 34", _(
            "Whoever notices a breach of personal data tells the other without undue delay. The operator notifies the "
            "authority within 72 hours where that is needed, and the persons concerned where the risk is high; the "
            "partner helps."
        )),
        (_("Purposes"), "5(1)(b), 6", _(
            "Neither uses the data for another purpose than those of the annex without the other’s agreement, and "
            "without telling people before it begins."
        )),
        (_("Processors"), "28", _(
            "Each may engage processors under a contract of article 28 of the GDPR and answers for those that it "
            "engages. Those of the operator are listed on its site."
        )),
        (_("What people can read of it"), "26(2)", _(
            "The operator publishes the essence of this arrangement on each of the partner’s platforms, and whether it "
            "is in force."
        )),
        (_("Responsibility"), "82", _(
            "People may claim compensation from either. Between themselves, each bears what it caused."
        )),
        (_("At the end"), "", _(
            "When this arrangement ends, nobody can open an account on the partner’s platforms any more. The data of "
            "the accounts that there are go or stay by the periods of the policy, as if it had not ended."
        )),
    ]  # fmt: skip


def _shared(policy: Policy, words: Texts) -> list[Part]:
    """Return what the operator does together with partners, not what it does together with others."""
    accounts = policy.activities["C"]
    own = [each for each in in_order(policy) if each.role == "joint" and each.counterpart == accounts.counterpart]
    return [activity_part(activity, policy, words) for activity in own]
