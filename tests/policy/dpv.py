"""The terms of the Data Privacy Vocabulary 2.0 (and of its extensions PD and EU-GDPR) that the register may use.

Copied by name from its published lists, so that a term that does not exist there fails a test.
"""

_TERMS = """
    Process PersonalDataProcess NonPersonalDataProcess hasProcess RecordsOfActivities
    Purpose hasPurpose RequestedServiceProvision CommunicationForCustomerCare AccountManagement DirectMarketing
    FulfilmentOfContractualObligation FulfilmentOfObligation Marketing ImproveExistingProductsAndServices
    EnforceAccessControl
    DataController DataProcessor DataImporter JointDataControllers Recipient ThirdParty Representative DataSubject
    DataProtectionAuthority hasDataController hasDataProcessor hasDataImporter hasJointDataControllers hasRecipient
    hasRepresentative hasResponsibleEntity hasDataSubject hasAuthority hasName hasAddress hasContact hasIdentifier
    PersonalData hasPersonalData Contract hasLegalBasis Right hasRight Law hasApplicableLaw hasCountry
    Required Optional hasNecessity Justification hasJustification
    StorageDuration StorageLocation hasStorageCondition hasDuration TemporalDuration UntilEventDuration
    PhysicalMeasure TechnicalMeasure OrganisationalMeasure hasPhysicalMeasure hasTechnicalMeasure
    hasOrganisationalMeasure
    Name EmailAddress TelephoneNumber Job PhysicalAddress Professional Communication Picture UID IPAddress Password
    Authenticating Behavioral Transactional SocialMediaCommunication
    A6-1-a A6-1-b A6-1-c A6-1-f-controller A13 A15 A16 A17 A18 A20 A21 A7-3 A77
"""
TERMS = frozenset(_TERMS.split())
