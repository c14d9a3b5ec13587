"""What the documents made from a policy call things that are the same in every policy, in the active language."""

from datetime import date

from django.utils.dateformat import format as format_date
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from perron.privacy.policy import citations
from perron.privacy.policy.documents import Said


def day_words(day: date) -> str:
    """Return "26 May 2022", always with its year: a policy is read for years."""
    if get_language() == "fr" and day.day == 1:
        return format_date(day, r"j\e\r F Y")
    return format_date(day, "j. F Y" if get_language() == "de" else "j F Y")


def citation(cited: str) -> str:
    """Return "RGPD art. 6(1)(b)": a citation with the law as it is called in this language."""
    return citations.in_words(cited, get_language() or "en")


def law(name: str) -> Said:
    """Return what a law is called in this language, and where it can be read."""
    return Said(citations.law_in_words(name, get_language() or "en"), citations.law_address(name))


def told(what: str, said: str) -> str:
    """Return "what: said", with the space before the colon where the language has one."""
    return _("%(what)s: %(said)s") % {"what": what, "said": said}


def recipient_kind(kind: str) -> str:
    """Return what a recipient is towards the operator (GDPR art. 4(8)–(10))."""
    return {
        "processor": _("processor: acts on instructions only"),
        "joint": _("joint controller"),
        "third_party": _("responsible itself"),
        "authority": _("public authority"),
        "staff": _("works for the operator"),
        "group": _("belongs to the operator"),
    }[kind]


def measure_sort(sort: str) -> str:
    """Return what a sort of measure is called (GDPR art. 32)."""
    return {
        "physical": _("Physical"),
        "logical": _("Logical"),
        "administrative": _("Administrative"),
        "organisational": _("Organisational"),
    }[sort]


def responsible(role: str, *, operator: str, counterpart: str) -> str:
    """Return who answers for an activity: the operator alone, with another, or for another (GDPR arts 4(7), 26, 28)."""
    named = {"operator": operator, "other": counterpart}
    return {
        "controller": _("%(operator)s alone (controller)."),
        "joint": _("%(operator)s together with %(other)s (joint controllers, GDPR art. 26). You can turn to either."),
        "processor": _("Responsible is %(other)s; %(operator)s acts on its behalf (processor, GDPR art. 28)."),
    }[role] % named
