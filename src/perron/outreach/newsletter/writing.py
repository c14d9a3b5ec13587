"""Writing campaigns: what is not sent yet is changed, tried on oneself, and thrown away."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from perron.accounts.models import Person
from perron.communities.access import permit, person_of
from perron.communities.permissions import WRITE_NEWS
from perron.communities.writing import Unfit
from perron.core.errors import Conflict, NotFound, Refused
from perron.core.language import LANGUAGES
from perron.core.text import clean_line, clean_text
from perron.letters import writing
from perron.letters.models import Letter
from perron.outreach.newsletter.audience import basis_named
from perron.outreach.newsletter.linking import addresses
from perron.outreach.newsletter.rendering import own_pages, render
from perron.outreach.newsletter.tables import Campaign
from perron.privacy.acting import Actor
from perron.privacy.auditing import record
from perron.privacy.subjects import of_person

LONGEST_HEADING = 150
LONGEST_TEXT = 50_000
_State = Campaign.State


@dataclass(frozen=True)
class Written:
    """What somebody wrote: to whom, and in each language the subject line and the text."""

    basis: str
    headings: Mapping[str, str]
    texts: Mapping[str, str]


def begin(written: Written, *, by: Actor) -> Campaign:
    """Begin a campaign. Raises `NotAllowed`, `Refused` for an audience that there is not, `Unfit`."""
    permit(by, WRITE_NEWS)
    with transaction.atomic():
        campaign = Campaign(edition=0)
        _fill(campaign, written)
        campaign.save()
        record("write campaign", campaign, by=by, basis=campaign.basis)
    return campaign


def save(campaign: Campaign, written: Written, *, expected: int, by: Actor) -> Campaign:
    """Change a draft. Raises as `begin`, and `Conflict` where it is not the edition `expected`, or was sent."""
    permit(by, WRITE_NEWS)
    with transaction.atomic():
        locked = draft(campaign, expected=expected)
        _fill(locked, written)
        locked.save()
        record("change campaign", locked, by=by, basis=locked.basis)
    return locked


def discard(campaign: Campaign, *, by: Actor) -> None:
    """Throw a draft away. Raises `NotAllowed`, `Conflict` for what was sent."""
    permit(by, WRITE_NEWS)
    with transaction.atomic():
        locked = draft(campaign)
        record("discard campaign", locked, by=by)
        locked.delete()


def send_test(campaign: Campaign, language: str, *, by: Actor) -> Letter:
    """Send a campaign, as readers of `language` get it, to the one who acts and to nobody else.

    Its link to one's own page leads to the operator's page for the newsletter. Raises `Refused` before there is a text.
    """
    permit(by, WRITE_NEWS)
    person = person_of(by)
    if not isinstance(person, Person) or not campaign.languages:
        raise Refused(_("Write a subject line and a text first."))
    made = render(campaign, basis_named(campaign.basis), language, own_place=own_pages(language))
    with transaction.atomic():
        record("test campaign", campaign, by=by)
        return writing.write(
            "news-test",
            to=person.email,
            subject=of_person(person.pk),
            language=language,
            context={"of": made.heading, "page": made.html, "text": made.text},
            by=by,
        )


def draft(campaign: Campaign, *, expected: int | None = None) -> Campaign:
    """Return the row of a draft, locked. Raises `NotFound`; `Conflict` where it is none any more, or another one."""
    locked = Campaign.objects.select_for_update().filter(pk=campaign.pk).first()
    if locked is None:
        raise NotFound(_("This message is not here any more: somebody threw it away."))
    if locked.state != _State.DRAFT:
        raise Conflict(_("This message is on its way. Stop it first, if it can still be stopped."))
    if expected not in {None, locked.edition}:
        raise Conflict(_("Somebody else changed this message since you opened it. Look at it again."))
    return locked


def _fill(campaign: Campaign, written: Written) -> None:
    headings = {code: clean_line(written.headings.get(code, "")) for code in LANGUAGES}
    texts = {code: clean_text(written.texts.get(code, "")) for code in LANGUAGES}
    wrong = {}
    for code in LANGUAGES:
        if len(headings[code]) > LONGEST_HEADING:
            wrong[f"heading_{code}"] = [_("Write at most %(number)d characters.") % {"number": LONGEST_HEADING}]
        if len(texts[code]) > LONGEST_TEXT:
            wrong[f"text_{code}"] = [_("Write at most %(number)d characters.") % {"number": LONGEST_TEXT}]
    if not any(headings.values()):
        wrong[f"heading_{LANGUAGES[0]}"] = [_("Write a subject line in at least one language.")]
    if wrong:
        raise Unfit(wrong)
    campaign.basis = basis_named(written.basis).id
    campaign.headings = {code: heading for code, heading in headings.items() if heading}
    campaign.texts = {code: text for code, text in texts.items() if text}
    campaign.links_due = not set(addresses(campaign.texts.values())) <= set(campaign.links)
    campaign.edition += 1
