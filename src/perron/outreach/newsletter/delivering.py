"""Campaigns as a source of deliveries: to whom, whether still, and what is written to each."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from perron.core.clock import now
from perron.core.errors import Refused
from perron.core.language import LANGUAGES
from perron.delivery.mailings import OWN_PLACE, Mailings, Said
from perron.delivery.models import Dispatch
from perron.delivery.sources import To, Wanted
from perron.outreach.newsletter import audience
from perron.outreach.newsletter.leaving import key_of
from perron.outreach.newsletter.rendering import own_pages, render
from perron.outreach.newsletter.tables import Campaign
from perron.privacy.declaring import Activity
from perron.privacy.policy.current import policy

# In its List-Id, before our host: no community has it (`communities.naming.RESERVED`).
_LIST = "newsletter"


class Campaigns:
    """What the operator sends to those whom one basis of its policy reaches."""

    activity = Activity.PROMOTION

    def wanted(self, dispatch: Dispatch, *, after: UUID | None, most: int) -> Sequence[Wanted]:
        """Return those whom the campaign's basis reaches now."""
        basis = audience.basis_named(_campaign(dispatch).basis)
        return [Wanted(each.id, each.id, each.subject) for each in audience.walk(basis, after=after, most=most)]

    def is_still_news(self, dispatch: Dispatch) -> bool:
        """Say whether nobody stopped it, its days have not passed, and the policy still has its audience."""
        campaign = Campaign.objects.filter(pk=dispatch.about).first()
        if campaign is None or campaign.state != Campaign.State.SENDING or dispatch.expires_at <= now():
            return False
        try:
            audience.basis_named(campaign.basis)
        except Refused:
            return False
        return True

    def recipients(self, ids: Collection[UUID]) -> Mapping[UUID, To]:
        """Return those who are still there; those who refused meanwhile get no clearance."""
        return {pk: To(each.email, _spoken(each.language), each) for pk, each in audience.by_id(ids).items()}

    def writer(self, dispatch: Dispatch) -> Mailings:
        """Return what writes it."""
        campaign = _campaign(dispatch)
        basis = audience.basis_named(campaign.basis)
        # Read once, not for each reader.
        pages = {language: own_pages(language) for language in LANGUAGES}

        def say(language: str) -> Said:
            made = render(campaign, basis, language, own_place=OWN_PLACE)
            return Said(made.heading, made.text, made.html)

        return Mailings(
            say,
            activity=self.activity,
            place=lambda language, row: f"{pages[language]}{key_of(row)}/",
            list_name=_LIST,
            date=campaign.send_at or now(),
            reply_to=policy().operator.email,
        )


def _campaign(dispatch: Dispatch) -> Campaign:
    return Campaign.objects.get(pk=dispatch.about)


def _spoken(language: str) -> str:
    return language if language in LANGUAGES else LANGUAGES[0]
