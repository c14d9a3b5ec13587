"""The register as JSON-LD in the W3C Data Privacy Vocabulary 2 (https://w3id.org/dpv), for programs to read."""

from typing import Any

from perron.privacy.policy import citations
from perron.privacy.policy.notices import rights_of
from perron.privacy.policy.register import Partner, entered
from perron.privacy.policy.texts import Texts
from perron.privacy.policy.values import Activity, Basis, Body, Policy, Recipient, Retention

type Node = dict[str, Any]

CONTEXT = {
    "dpv": "https://w3id.org/dpv#",
    "pd": "https://w3id.org/dpv/pd#",
    "loc": "https://w3id.org/dpv/loc#",
    "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
    "dct": "http://purl.org/dc/terms/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
PURPOSES = {
    "A": "dpv:RequestedServiceProvision",
    "B": "dpv:CommunicationForCustomerCare",
    "C": "dpv:AccountManagement",
    "D": "dpv:FulfilmentOfContractualObligation",
    "E": "dpv:DirectMarketing",
    "F": "dpv:FulfilmentOfObligation",
    "G": "dpv:Marketing",
    "H": "dpv:ImproveExistingProductsAndServices",
    "staff": "dpv:EnforceAccessControl",
    "applications": "dpv:RequestedServiceProvision",
    "subscriptions": "dpv:RequestedServiceProvision",
}
CATEGORIES = {
    "name": "pd:Name",
    "first_name": "pd:Name",
    "email": "pd:EmailAddress",
    "telephone": "pd:TelephoneNumber",
    "function": "pd:Job",
    "address": "pd:PhysicalAddress",
    "organisation": "pd:Professional",
    "message": "pd:Communication",
    "photo": "pd:Picture",
    "identifier": "pd:UID",
    "ip_address": "pd:IPAddress",
    "password": "pd:Password",
    "access": "pd:Authenticating",
    "trace": "pd:Behavioral",
    "billing": "pd:Transactional",
    "request": "pd:Communication",
    "proof": "pd:Communication",
    "shared_content": "pd:SocialMediaCommunication",
}
GROUNDS = {
    "contract": "eu-gdpr:A6-1-b",
    "legal_obligation": "eu-gdpr:A6-1-c",
    "legitimate_interest": "eu-gdpr:A6-1-f-controller",
    "consent": "eu-gdpr:A6-1-a",
    # Not a ground of art. 6, which is the controller's: what binds a processor is its contract (art. 28(3)).
    "instructions": "dpv:Contract",
}
RIGHTS = {
    "information": "eu-gdpr:A13",
    "access": "eu-gdpr:A15",
    "rectification": "eu-gdpr:A16",
    "erasure": "eu-gdpr:A17",
    "restriction": "eu-gdpr:A18",
    "portability": "eu-gdpr:A20",
    "objection": "eu-gdpr:A21",
    "withdrawal": "eu-gdpr:A7-3",
    "complaint": "eu-gdpr:A77",
}
RECIPIENTS = {
    "processor": "dpv:DataProcessor",
    "joint": "dpv:JointDataControllers",
    "third_party": "dpv:ThirdParty",
    "authority": "dpv:Recipient",
    "staff": "dpv:Recipient",
    "group": "dpv:Recipient",
}
MEASURES = {
    "physical": ("dpv:hasPhysicalMeasure", "dpv:PhysicalMeasure"),
    "logical": ("dpv:hasTechnicalMeasure", "dpv:TechnicalMeasure"),
    "administrative": ("dpv:hasOrganisationalMeasure", "dpv:OrganisationalMeasure"),
    "organisational": ("dpv:hasOrganisationalMeasure", "dpv:OrganisationalMeasure"),
}


def json_ld(policy: Policy, words: Texts, *, base: str, partner: Partner | None = None) -> Node:
    """Return the register as a JSON-LD document whose nodes are named below `base`, the register's own address."""
    return _Writer(policy, words, base, partner).document()


class _Writer:
    """Writes one document; every label is in the language of its words."""

    def __init__(self, policy: Policy, words: Texts, base: str, partner: Partner | None) -> None:
        self.policy, self.words, self.base, self.partner = policy, words, base, partner

    def document(self) -> Node:
        policy = self.policy
        return {
            "@context": CONTEXT,
            "@id": self.base,
            "@type": "dpv:RecordsOfActivities",
            "dct:issued": {"@type": "xsd:date", "@value": policy.version.announced.isoformat()},
            "dct:valid": {"@type": "xsd:date", "@value": policy.version.in_force.isoformat()},
            "dct:language": self.words.language,
            "dpv:hasApplicableLaw": [
                self._labelled(f"law-{n}", "dpv:Law", law) for n, law in enumerate(policy.laws, 1)
            ],
            "dpv:hasAuthority": self._body("authority", "dpv:DataProtectionAuthority", policy.authority.body),
            "dpv:hasResponsibleEntity": self._operator(),
            "dpv:hasProcess": [self._activity(activity) for activity in entered(policy, self.partner)],
        }

    def _operator(self) -> Node:
        role = "dpv:DataProcessor" if self.partner else "dpv:DataController"
        node = self._body("operator", role, self.policy.operator)
        representatives = [
            self._body(f"representative-{key}", "dpv:Representative", body, self.words.representative(key))
            for key, body in self.policy.representatives.items()
        ]
        return node | ({"dpv:hasRepresentative": representatives} if representatives else {})

    def _activity(self, activity: Activity) -> Node:
        said, policy = self.words.activity(activity.id), self.policy
        name = f"activity-{activity.id}"
        node = self._labelled(
            name, "dpv:PersonalDataProcess" if activity.personal else "dpv:NonPersonalDataProcess", said.name
        )
        node |= {
            "dct:identifier": activity.id,
            "dpv:hasPurpose": self._labelled(
                f"{name}-purpose", ["dpv:Purpose", PURPOSES.get(activity.id, "dpv:Purpose")], said.purpose
            ),
            **self._controllers(activity),
            "dpv:hasDataSubject": [
                self._labelled(f"subject-{key}", "dpv:DataSubject", self.words.subject(key))
                for key in activity.subjects
            ],
        }
        if not activity.personal:
            return node
        return node | {
            "dpv:hasNecessity": {"@id": "dpv:Required" if activity.required else "dpv:Optional"},
            "dpv:hasPersonalData": [
                self._labelled(f"category-{key}", CATEGORIES.get(key, "dpv:PersonalData"), self.words.category(key))
                for key in activity.categories
            ],
            "dpv:hasLegalBasis": [self._basis(name, activity, basis) for basis in activity.bases],
            "dpv:hasRecipient": [self._recipient(policy.recipients[key]) for key in activity.recipients],
            "dpv:hasStorageCondition": [
                *(self._duration(name, activity, each) for each in activity.retentions.values()),
                *self._places(),
            ],
            "dpv:hasRight": [{"@id": RIGHTS[right]} for right in rights_of(activity, policy) if right in RIGHTS],
            **self._measures(),
            **self._transfers(activity),
        }

    def _controllers(self, activity: Activity) -> Node:
        operator = {"@id": f"{self.base}#operator"}
        if self.partner:
            controller = self._labelled("partner", "dpv:DataController", self.partner.name)
            if self.partner.enterprise_number:
                controller["dpv:hasIdentifier"] = self.partner.enterprise_number
            return {"dpv:hasDataController": controller, "dpv:hasDataProcessor": operator}
        if activity.role == "joint":
            other = {"@id": f"{self.base}#recipient-{activity.counterpart}"}
            joint = {"@id": f"{self.base}#activity-{activity.id}-controllers", "@type": "dpv:JointDataControllers"}
            return {"dpv:hasJointDataControllers": joint | {"dpv:hasDataController": [operator, other]}}
        return {"dpv:hasDataController": operator}

    def _basis(self, name: str, activity: Activity, basis: Basis) -> Node:
        said = self.words.activity(activity.id)
        node = self._labelled(f"{name}-basis-{basis.id}", GROUNDS[basis.ground], said.bases[basis.id])
        node["dct:source"] = _source(basis.citation)
        node["dpv:hasDataSubject"] = [{"@id": f"{self.base}#subject-{key}"} for key in basis.subjects]
        if basis.ground == "legitimate_interest":
            node["dpv:hasJustification"] = self._labelled(f"{name}-interest", "dpv:Justification", said.interest)
        return node

    def _recipient(self, recipient: Recipient) -> Node:
        node = self._labelled(
            f"recipient-{recipient.id}", RECIPIENTS[recipient.kind], self.words.recipient(recipient.id)
        )
        if recipient.name:
            node["dpv:hasName"] = recipient.name
        if recipient.country:
            node["dpv:hasCountry"] = {"@id": f"loc:{recipient.country}"}
        if recipient.agreement:
            node["dct:conformsTo"] = self._tagged(self.words.agreement(recipient.agreement))
        return node

    def _duration(self, name: str, activity: Activity, retention: Retention) -> Node:
        sentence = self.words.retention(activity.id, retention.trigger)
        node = self._labelled(f"{name}-kept-{retention.trigger}", "dpv:StorageDuration", sentence)
        event = self._tagged(self.words.trigger(retention.trigger))
        node["dpv:hasDuration"] = {"@type": "dpv:UntilEventDuration", "rdfs:label": event}
        if retention.period:
            value = {"@type": "xsd:duration", "@value": str(retention.period)}
            node["dpv:hasDuration"] = {"@type": "dpv:TemporalDuration", "dct:extent": value, "rdfs:label": event}
        if retention.reasons:
            node["dpv:hasJustification"] = [
                self._labelled(f"reason-{key}", "dpv:Justification", self.words.reason(key))
                for key in retention.reasons
            ]
        if retention.citation:
            node["dct:source"] = _source(retention.citation)
        return node

    def _places(self) -> list[Node]:
        return [
            self._labelled(f"storage-{key}", "dpv:StorageLocation", f"{self.words.storage(key)}: {each.place}")
            | {
                "dpv:hasCountry": {"@id": f"loc:{each.country}"},
                "dpv:hasRecipient": {"@id": f"{self.base}#recipient-{each.recipient}"},
            }
            for key, each in self.policy.storages.items()
        ]

    def _measures(self) -> dict[str, list[Node]]:
        found: dict[str, list[Node]] = {}
        for key, measure in self.policy.measures.items():
            has, kind = MEASURES[measure.sort]
            found.setdefault(has, []).append(self._labelled(f"measure-{key}", kind, self.words.measure(key)))
        return found

    def _transfers(self, activity: Activity) -> Node:
        importers = [
            self._labelled(f"transfer-{each.id}", "dpv:DataImporter", self.words.transmission(each.id))
            | {
                "dpv:hasName": self.policy.recipients[each.recipient].name or self.words.recipient(each.recipient),
                "dpv:hasCountry": {"@id": f"loc:{each.country}"},
                "dct:source": each.citation,
            }
            for each in self.policy.transmissions.values()
            if activity.id in each.activities
        ]
        return {"dpv:hasDataImporter": importers} if importers else {}

    def _body(self, name: str, kind: str, body: Body, label: str = "") -> Node:
        contact = [*filter(None, [body.email, body.telephone, body.website])]
        return self._labelled(name, kind, label or body.name) | {
            "dpv:hasName": body.name,
            "dpv:hasAddress": self.words.address(body),
            "dpv:hasCountry": {"@id": f"loc:{body.country}"},
            **({"dpv:hasContact": contact} if contact else {}),
            **({"dpv:hasIdentifier": body.enterprise_number} if body.enterprise_number else {}),
        }

    def _labelled(self, name: str, kind: str | list[str], label: str) -> Node:
        return {"@id": f"{self.base}#{name}", "@type": kind, "rdfs:label": self._tagged(label)}

    def _tagged(self, text: str) -> Node:
        return {"@language": self.words.language, "@value": text}


def _source(citation: str) -> list[str | Node]:
    """Return a citation with the address of the law, so that it resolves."""
    return [citation, {"@id": citations.address(citation)}]
