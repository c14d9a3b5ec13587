"""Whether what is kept of an agreement is what was signed: text, document and evidence say the same."""

import hashlib
import json
import logging

from django.utils.translation import gettext as _

from perron.communities.contracting import keeping
from perron.communities.contracting.tables import Agreement
from perron.privacy.evidence.tables import EvidenceDetail
from perron.privacy.policy.deeds import digest
from perron.privacy.tenancy.scope import as_program

_log = logging.getLogger(__name__)


@as_program
def faults(agreement: Agreement) -> list[str]:
    """Return a sentence for each thing that is not as it was signed; none, if all is well."""
    found = []
    if digest(agreement.text) != agreement.text_hash or agreement.signatures.exclude(text_hash=agreement.text_hash):
        found.append(_("The text kept in the database is not the one that was signed."))
    if agreement.file_hash:
        data = keeping.read(agreement)
        if data is None:
            found.append(_("The signed document is gone. Put it back from a backup."))
        elif hashlib.sha256(data).hexdigest() != agreement.file_hash:
            found.append(_("The signed document was altered after signing. Put it back from a backup."))
    if not _is_proved(agreement):
        found.append(_("The evidence of the signing says something else than what is kept."))
    return found


def altered() -> list[tuple[Agreement, list[str]]]:
    """Return every agreement with which something is wrong, and what."""
    looked_at = ((each, faults(each)) for each in Agreement.objects.select_related("partner").order_by("pk"))
    return [(agreement, found) for agreement, found in looked_at if found]


def report_altered() -> int:
    """Log what is not as it was signed, and return how many agreements those are. Run daily by the worker."""
    found = altered()
    for agreement, _sentences in found:
        _log.error("The agreement %s is not as it was signed: run perron agreements check.", agreement.pk)
    return len(found)


def _is_proved(agreement: Agreement) -> bool:
    """Say whether the evidence fits; its detail may have left, after the policy's time."""
    if agreement.evidence is None:
        return True
    detail = EvidenceDetail.objects.filter(pk=agreement.evidence).first()
    if detail is None:
        return True
    said = json.loads(detail.about)
    return (said.get("agreement"), said.get("text"), said.get("file")) == (
        str(agreement.pk),
        agreement.text_hash,
        agreement.file_hash,
    )
