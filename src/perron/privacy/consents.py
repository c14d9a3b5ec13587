"""Consent (GDPR arts 7 and 8): given for one purpose on the words that were shown, withdrawn as easily, proved later.

A purpose is a basis of an activity in the policy whose ground is consent. A consent covers what its version of the
policy said of that basis; once the policy adds to it, the person is asked again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from perron.core.clock import now
from perron.core.errors import Refused
from perron.core.language import check_spoken
from perron.privacy import auditing, journal
from perron.privacy.acting import SYSTEM, Actor
from perron.privacy.among import Key, Keys
from perron.privacy.declaring import Activity
from perron.privacy.evidence.recording import record
from perron.privacy.policy.current import policy, versions
from perron.privacy.policy.values import Policy
from perron.privacy.subjects import Subject
from perron.privacy.wishes import Consent


@dataclass(frozen=True)
class Shown:
    """What the person had before them: the exact words, their language, the policy's version, and on which form."""

    wording: str
    language: str
    form: str
    version: date


@dataclass(frozen=True)
class OfAge:
    """The person says that they have reached this age, in years."""

    years: int


@dataclass(frozen=True)
class Guardian:
    """Whoever has parental responsibility agreed, and confirmed it from an address of their own (GDPR art. 8(2))."""

    subject: Subject


def give(
    subject: Subject, activity: Activity, basis: str, *, shown: Shown, age: OfAge | Guardian | None, by: Actor
) -> Consent:
    """Keep that `subject` agrees to the purpose `basis` of `activity`; an earlier consent to it is replaced.

    Raises `Refused` for what needs no consent, for words that nobody could have been shown, without a statement of age
    and below the policy's age of consent.
    """
    _check_shown(shown)
    _check_purpose(_version(shown.version), activity, basis)
    _check_age(subject, age)
    with transaction.atomic():
        at = now()
        _in_force(subject, activity).filter(basis=basis).update(ended_at=at)
        made = Consent.objects.create(
            subject_kind=subject.kind,
            subject_id=subject.id,
            activity=activity,
            basis=basis,
            given=True,
            at=at,
            policy_version=shown.version,
            wording=shown.wording,
            language=shown.language,
            form=shown.form,
            of_age=age.years if isinstance(age, OfAge) else None,
            guardian_id=age.subject.id if isinstance(age, Guardian) else None,
        )
        auditing.record("give consent", made, by=by, activity=activity, basis=basis)
        about = {"consent": str(made.pk), "activity": activity, "basis": basis, "version": str(shown.version)}
        record("give_consent", subject, by=by, about=about | {"wording": shown.wording, "form": shown.form})
    return made


def withdraw(subject: Subject, activity: Activity, basis: str = "", *, form: str, by: Actor) -> list[Consent]:
    """End the consents of `subject` to `basis`, or to all of `activity`; what was done stays lawful (art. 7(3)).

    Returns the rows of the withdrawals; none where there was nothing to withdraw, which is no error.
    """
    with transaction.atomic():
        rows = _in_force(subject, activity)
        ended = (rows.filter(basis=basis) if basis else rows).select_for_update()
        made = [_end(consent, form) for consent in ended]
        for withdrawal in made:
            auditing.record("withdraw consent", withdrawal, by=by, activity=activity, basis=withdrawal.basis)
            about = {"consent": str(withdrawal.pk), "activity": activity, "basis": withdrawal.basis, "form": form}
            record("withdraw_consent", subject, by=by, about=about)
        if made:
            journal.write("withdraw", subject, activity=activity, basis=basis, form=form)
    return made


def close(subject: Subject) -> int:
    """Let the consents of somebody who left stop counting, so that their clock runs; returns how many."""
    rows = Consent.objects.filter(subject_kind=subject.kind, subject_id=subject.id, ended_at=None)
    return rows.update(ended_at=now())


def has_given(subject: Subject, activity: Activity, basis: str) -> bool:
    """Say whether a consent in force covers this purpose as today's policy has it, given by somebody of age."""
    mine = Q(subject_kind=subject.kind, subject_id=subject.id, basis=basis)
    return _covering(activity).filter(mine, _of_age()).exists()


def to_ask(subject: Subject, activity: Activity) -> list[str]:
    """Return the purposes of `activity` that rest on consent and that `subject` has not agreed to as they are today."""
    return [basis for basis in _purposes(policy(), activity) if not has_given(subject, activity, basis)]


def among(subjects: Keys, activity: Activity) -> set[str]:
    """Return the keys of those who agreed to a purpose of `activity` as today's policy has it, being of age for it."""
    rows = _covering(activity).filter(_of_age(), subject_id__among=subjects)
    return set(rows.values_list(Key("subject_id"), flat=True))


def under_age(subjects: Keys, activity: Activity) -> set[str]:
    """Return the keys of those who agreed at an age that today's policy finds too young."""
    rows = _covering(activity).filter(subject_id__among=subjects).exclude(_of_age())
    return set(rows.values_list(Key("subject_id"), flat=True))


def latest(subjects: Keys, activity: Activity) -> dict[str, datetime]:
    """Return when those who are in `among` agreed, by key; at the latest, where they agreed to several purposes."""
    rows = _covering(activity).filter(_of_age(), subject_id__among=subjects)
    return dict(rows.order_by("at").values_list(Key("subject_id"), "at"))


@journal.replays("withdraw")
def _withdraw_again(subject: Subject, detail: Mapping[str, str]) -> None:
    withdraw(subject, Activity(detail["activity"]), detail["basis"], form=detail["form"], by=SYSTEM)


def _in_force(subject: Subject, activity: Activity) -> QuerySet[Consent]:
    return Consent.objects.filter(
        subject_kind=subject.kind, subject_id=subject.id, activity=activity, given=True, ended_at=None
    )


def _end(consent: Consent, form: str) -> Consent:
    """Close the row of a consent, and add the row of its withdrawal, which refers to the same words."""
    consent.ended_at = now()
    consent.save(update_fields=["ended_at"])
    return Consent.objects.create(
        subject_kind=consent.subject_kind,
        subject_id=consent.subject_id,
        activity=consent.activity,
        basis=consent.basis,
        given=False,
        at=consent.ended_at,
        policy_version=consent.policy_version,
        wording=consent.wording,
        language=consent.language,
        form=form,
        ended_at=consent.ended_at,
    )


def _covering(activity: Activity) -> QuerySet[Consent]:
    """Return the consents in force of those versions of the policy in which a purpose was at least what it is today."""
    today = policy()
    covering = Q(pk__in=[])
    for basis in _purposes(today, activity):
        asked = _scope(today, activity, basis)
        versions = [each.version.in_force for each in _versions() if asked <= _scope(each, activity, basis)]
        covering |= Q(basis=basis, policy_version__in=versions)
    return Consent.objects.filter(covering, activity=activity, given=True, ended_at=None)


def _of_age() -> Q:
    return Q(guardian_id__isnull=False) | Q(of_age__gte=policy().age_of_consent)


def _purposes(of: Policy, activity: str) -> list[str]:
    bases = of.activities[activity].bases if of.does(activity) else ()
    return [basis.id for basis in bases if basis.ground == "consent"]


def _scope(of: Policy, activity: str, basis: str) -> set[tuple[str, str]]:
    """Return what somebody agrees to on this basis: the purpose, the data, and who but processors receives them."""
    if basis not in _purposes(of, activity):
        return set()
    found = of.activities[activity]
    recipients = (name for name in found.recipients if of.recipients[name].kind != "processor")
    data = {("category", name) for name in found.categories}
    return {("purpose", basis)} | data | {("recipient", name) for name in recipients}


def _versions() -> tuple[Policy, ...]:
    return (policy(), *versions())


def _version(in_force: date) -> Policy | None:
    return next((each for each in _versions() if each.version.in_force == in_force), None)


def _check_shown(shown: Shown) -> None:
    if not shown.wording.strip() or not shown.form:
        raise Refused(_("Say on which words and on which form the consent was given."))
    check_spoken(shown.language)


def _check_purpose(shown: Policy | None, activity: Activity, basis: str) -> None:
    if shown is None:
        raise Refused(_("There is no version of the policy from that day."))
    if basis not in _purposes(shown, activity):
        raise Refused(_("The policy asks nobody's consent for this."))


def _check_age(subject: Subject, age: OfAge | Guardian | None) -> None:
    years = policy().age_of_consent
    if age is None or (isinstance(age, OfAge) and age.years < years):
        raise Refused(
            _("Below the age of %(years)d, a parent or guardian has to agree; say that you are that old.")
            % {"years": years}
        )
    if isinstance(age, Guardian) and age.subject == subject:
        raise Refused(_("A parent or guardian agrees from an address of their own."))
