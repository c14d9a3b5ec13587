"""The processing contract between the operator and a partner (GDPR art. 28(3)), with the policy as its annexes."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import override

from perron.privacy.policy.agreements import Particulars, particulars
from perron.privacy.policy.deeds import Party, clauses, fact_lines, joined, part_lines, parties
from perron.privacy.policy.texts import Texts
from perron.privacy.policy.values import Policy


def contract(policy: Policy, words: Texts, partner: Party) -> str:
    """Return the whole text in the language of `words`."""
    annexes = particulars(policy, words)
    with override(words.language):
        return joined(_lines(policy, words, partner, annexes))


def _lines(policy: Policy, words: Texts, partner: Party, annexes: Particulars) -> Iterator[str]:
    sides = (_("The controller"), _("The processor"))
    title = _("Terms for the processing of personal data")
    yield from parties(policy, words, partner, title=title, source=_("GDPR art. 28(3)"), sides=sides)
    yield "## " + _("Subject, duration, nature and purpose")
    yield _(
        "The operator processes personal data on behalf of the partner by storing, showing, sending and deleting them "
        "in the services listed in annex 1, which also states the purposes, the sorts of data and the categories of "
        "persons. These terms hold for as long as the operator provides one of these services to the partner."
    )
    undertaking = words.statement("undertaking") if policy.does("D") else ""
    yield from clauses([*_obligations(), *_rest(annexes.backups, undertaking)])
    yield "## " + _("Annex 1: the services")
    for part in annexes.services:
        yield from part_lines(part)
    if not annexes.services:
        yield _("None: the operator processes nothing on behalf of the partner.")
    yield "## " + _("Annex 2: other processors, places of storage, transfers")
    yield from fact_lines(annexes.sub_processors)
    yield "### " + _("Where the data lie")
    yield from fact_lines(annexes.places)
    yield "### " + _("What leaves these places")
    yield from fact_lines(annexes.transmissions) or [_("Nothing.")]
    yield "## " + _("Annex 3: security")
    yield from fact_lines(annexes.measures)


def _obligations() -> list[tuple[str, str, str]]:
    return [
        (_("Instructions"), "28(3)(a)", _(
            "The operator processes the data only on documented instructions of the partner, also as regards transfers "
            "to a third country: these terms, annex 1, and what the partner's administrators set in the program. Where "
            "the law of the Union or of a member state obliges the operator to do otherwise, it tells the partner "
            "before, unless that law forbids it."
        )),
        (_("Confidentiality"), "28(3)(b)", _(
            "Whoever processes the data for the operator is bound to secrecy, by contract or by law, and sees only "
            "what their task needs. The operator's staff open the partner's data only for support, and each time is "
            "recorded."
        )),
        (_("Security"), "28(3)(c)", _(
            "The operator takes the measures of article 32 of the GDPR that annex 3 lists, and may replace one only by "
            "another that protects at least as well."
        )),
        (_("Other processors"), "28(2), 28(3)(d), 28(4)", _(
            "The partner allows the operator to engage the processors of annex 2. The operator announces another one, "
            "or a replacement, at least thirty days before; the partner may object, and may end the service concerned "
            "if its objection is not met. The operator binds each of them by contract to the same obligations and "
            "answers for them towards the partner as for itself."
        )),
        (_("Requests of the persons concerned"), "28(3)(e)", _(
            "The operator passes a request about these data on to the partner without delay, does not answer it by "
            "itself, and gives the partner the means to carry it out in the program: access, rectification, erasure, "
            "restriction, objection, portability."
        )),
        (_("Assistance"), "28(3)(f)", _(
            "The operator helps the partner to meet articles 32 to 36 of the GDPR. It tells the partner of a breach of "
            "personal data without undue delay after it becomes aware of it, with what it knows of its nature, the "
            "persons and data concerned, its likely consequences and the measures taken, and completes this as it "
            "learns more. It provides what an impact assessment or a consultation of the authority needs."
        )),
    ]  # fmt: skip


def _rest(backups: str, undertaking: str) -> list[tuple[str, str, str]]:
    stated = [
        (_("At the end"), "28(3)(g)", _(
            "When a service ends, the partner chooses whether the operator deletes the data or returns them first, in "
            "a documented format; in both cases no copy is left, except where the law of the Union or of a member "
            "state demands it. What is deleted leaves the backups within %(backups)s."
        ) % {"backups": backups}),
        (_("Proof and audits"), "28(3)(h)", _(
            "The operator gives the partner all that is needed to show that these obligations are met: the register of "
            "processing, the record of what was done, the results of its tests. It allows audits, also inspections, by "
            "the partner or an auditor that it appoints, and contributes to them. Where it thinks that an instruction "
            "infringes data-protection law, it says so at once."
        )),
    ]  # fmt: skip
    return [*stated, (_("The partner's own staff"), "13, 14", undertaking)] if undertaking else stated
