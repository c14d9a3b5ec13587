"""What the tables of evidence hold (activity F), for `privacy.personal_data`."""

from django.utils.translation import gettext_lazy as _

from perron.privacy.declaring import Activity, Category, Keep, NoTenants, NotPersonal, Personal, Since
from perron.privacy.evidence.tables import EvidenceDetail, EvidenceEntry, EvidenceHead

_PROOF = "proof is kept to establish and defend claims (art. 18(2))"

TABLES: tuple[Personal | NotPersonal, ...] = (
    NotPersonal(
        model=EvidenceEntry,
        tenant=NoTenants("operator", "one chain for all"),
        columns="sequence epoch at deed commitment previous hash",
        why="salted commitments: what happened when, and nothing about whom without the detail and its salt",
    ),
    NotPersonal(
        model=EvidenceHead,
        tenant=NoTenants("operator", "one chain for all"),
        columns="id epoch sequence hash anchor_sequence anchor_hash",
        why="where the chain of evidence begins and ends",
    ),
    Personal(
        model=EvidenceDetail,
        tenant=NoTenants("person", "whose right it proves"),
        activity=Activity.RIGHTS,
        subject="subject_id",
        subject_kind="any",
        label=_("What proves that your rights were respected"),
        words={"by_id": _("who acted"), "about": _("what was done")},
        of_others="by_id",
        columns={"subject_id": Category.PROOF, "by_id": Category.PROOF, "about": Category.PROOF},
        others="sequence salt subject_kind by_kind request_id settled_at",
        clock=Since(
            column="settled_at",
            trigger="request_closed",
            set_by=("perron.privacy.evidence.recording.add", "perron.privacy.evidence.recording.settle"),
        ),
        erasure=Keep(reason="liability", citation="GDPR art. 17(3)(e)"),
        used_in_restriction=_PROOF,
    ),
)
