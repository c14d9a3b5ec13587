"""What the demo's partners agreed with the operator: Liège signed in the program, the others by hand."""

from io import BytesIO

from django.utils.translation import override

from perron.accounts.models import Person
from perron.communities.agreements import in_force, needed
from perron.communities.contracting import signing
from perron.communities.contracting.document import as_pdf
from perron.communities.contracting.drawing_up import particulars, party, text_of
from perron.communities.membership import members_of
from perron.communities.models import Agreement, Partner
from perron.communities.roles import Role
from perron.core.clock import today
from perron.privacy.declaring import Activity
from perron.privacy.policy.current import policy
from perron.privacy.policy.deeds import digest

Side = signing.Side


def sign_all() -> None:
    """Bring into force what is missing, unless the operator's policy has no contracts."""
    operator = members_of(None).filter(role=Role.ADMINISTRATOR).first()
    if operator is None or not policy().does(Activity.CONTRACTS):
        return
    # What the demo itself took up; somebody who tries the desk signs by themselves.
    partners = Partner.objects.filter(is_operator=False, agreements=None, communities__fictional=True).distinct()
    for partner in partners:
        signer = members_of(partner).filter(role=Role.ADMINISTRATOR).first()
        for kind in Agreement.Kind:
            if kind in needed() and not in_force(partner, kind):
                if signer:
                    _sign(partner, kind, {Side.PARTNER: signer.person, Side.OPERATOR: operator.person})
                else:
                    _upload(partner, kind, operator.person)


def _sign(partner: Partner, kind: Agreement.Kind, signers: dict[str, Person]) -> None:
    language = _language(partner)
    with override(language):
        capacity = str(Role.ADMINISTRATOR.label)
    for side, person in signers.items():
        signing.sign(
            partner,
            kind,
            by=person.actor,
            side=side,
            name=person.name,
            capacity=capacity,
            text_hash=digest(text_of(kind, party(partner), language)),
            language=language,
            informs_staff=side == Side.PARTNER,
        )


def _upload(partner: Partner, kind: Agreement.Kind, person: Person) -> None:
    """Upload what stands for a scan: the text without signatures."""
    language, of = _language(partner), party(partner)
    text = text_of(kind, of, language)
    blank = Agreement(kind=kind, policy_version=policy().version.in_force, language=language, text=text,
                      text_hash=digest(text), particulars=particulars(of))  # fmt: skip
    scan = BytesIO(as_pdf(blank, []))
    signing.upload(partner, kind, scan, by=person.actor, language=language, signed_on=today(), informs_staff=True)


def _language(partner: Partner) -> str:
    community = partner.communities.order_by("slug").first()
    return community.languages[0] if community else policy().languages[0]
