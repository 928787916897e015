import datetime

from buf.validate import validate_pb2 as _validate_pb2
from clew.lead.v1 import lead_pb2 as _lead_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Outcome(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    OUTCOME_UNSPECIFIED: _ClassVar[Outcome]
    OUTCOME_CREATED: _ClassVar[Outcome]
    OUTCOME_ATTACHED: _ClassVar[Outcome]
    OUTCOME_IN_REVIEW: _ClassVar[Outcome]
    OUTCOME_REJECTED: _ClassVar[Outcome]

class Verdict(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    VERDICT_UNSPECIFIED: _ClassVar[Verdict]
    VERDICT_PASS: _ClassVar[Verdict]
    VERDICT_FAIL: _ClassVar[Verdict]
    VERDICT_UNKNOWN: _ClassVar[Verdict]

class KeyKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    KEY_KIND_UNSPECIFIED: _ClassVar[KeyKind]
    KEY_KIND_MOBILE: _ClassVar[KeyKind]
    KEY_KIND_EMAIL: _ClassVar[KeyKind]
    KEY_KIND_WECOM: _ClassVar[KeyKind]
    KEY_KIND_CREDIT_CODE: _ClassVar[KeyKind]
    KEY_KIND_FIXED_LINE: _ClassVar[KeyKind]
    KEY_KIND_SERVICE_LINE: _ClassVar[KeyKind]
    KEY_KIND_ROLE_MAILBOX: _ClassVar[KeyKind]
    KEY_KIND_COMPANY_NAME: _ClassVar[KeyKind]

class KeyOwner(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    KEY_OWNER_UNSPECIFIED: _ClassVar[KeyOwner]
    KEY_OWNER_LEAD: _ClassVar[KeyOwner]
    KEY_OWNER_CONTACT: _ClassVar[KeyOwner]
    KEY_OWNER_ACCOUNT: _ClassVar[KeyOwner]

class Resolution(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    RESOLUTION_UNSPECIFIED: _ClassVar[Resolution]
    RESOLUTION_NEW: _ClassVar[Resolution]
    RESOLUTION_ATTACH: _ClassVar[Resolution]
    RESOLUTION_REJECT: _ClassVar[Resolution]
OUTCOME_UNSPECIFIED: Outcome
OUTCOME_CREATED: Outcome
OUTCOME_ATTACHED: Outcome
OUTCOME_IN_REVIEW: Outcome
OUTCOME_REJECTED: Outcome
VERDICT_UNSPECIFIED: Verdict
VERDICT_PASS: Verdict
VERDICT_FAIL: Verdict
VERDICT_UNKNOWN: Verdict
KEY_KIND_UNSPECIFIED: KeyKind
KEY_KIND_MOBILE: KeyKind
KEY_KIND_EMAIL: KeyKind
KEY_KIND_WECOM: KeyKind
KEY_KIND_CREDIT_CODE: KeyKind
KEY_KIND_FIXED_LINE: KeyKind
KEY_KIND_SERVICE_LINE: KeyKind
KEY_KIND_ROLE_MAILBOX: KeyKind
KEY_KIND_COMPANY_NAME: KeyKind
KEY_OWNER_UNSPECIFIED: KeyOwner
KEY_OWNER_LEAD: KeyOwner
KEY_OWNER_CONTACT: KeyOwner
KEY_OWNER_ACCOUNT: KeyOwner
RESOLUTION_UNSPECIFIED: Resolution
RESOLUTION_NEW: Resolution
RESOLUTION_ATTACH: Resolution
RESOLUTION_REJECT: Resolution

class Person(_message.Message):
    __slots__ = ("name", "phone", "email", "wecom_id", "company", "credit_code", "title")
    NAME_FIELD_NUMBER: _ClassVar[int]
    PHONE_FIELD_NUMBER: _ClassVar[int]
    EMAIL_FIELD_NUMBER: _ClassVar[int]
    WECOM_ID_FIELD_NUMBER: _ClassVar[int]
    COMPANY_FIELD_NUMBER: _ClassVar[int]
    CREDIT_CODE_FIELD_NUMBER: _ClassVar[int]
    TITLE_FIELD_NUMBER: _ClassVar[int]
    name: str
    phone: str
    email: str
    wecom_id: str
    company: str
    credit_code: str
    title: str
    def __init__(self, name: _Optional[str] = ..., phone: _Optional[str] = ..., email: _Optional[str] = ..., wecom_id: _Optional[str] = ..., company: _Optional[str] = ..., credit_code: _Optional[str] = ..., title: _Optional[str] = ...) -> None: ...

class Attributes(_message.Message):
    __slots__ = ("industry", "company_size", "region", "city", "country", "seniority", "intent", "tags")
    INDUSTRY_FIELD_NUMBER: _ClassVar[int]
    COMPANY_SIZE_FIELD_NUMBER: _ClassVar[int]
    REGION_FIELD_NUMBER: _ClassVar[int]
    CITY_FIELD_NUMBER: _ClassVar[int]
    COUNTRY_FIELD_NUMBER: _ClassVar[int]
    SENIORITY_FIELD_NUMBER: _ClassVar[int]
    INTENT_FIELD_NUMBER: _ClassVar[int]
    TAGS_FIELD_NUMBER: _ClassVar[int]
    industry: str
    company_size: int
    region: str
    city: str
    country: str
    seniority: str
    intent: _lead_pb2.Intent
    tags: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, industry: _Optional[str] = ..., company_size: _Optional[int] = ..., region: _Optional[str] = ..., city: _Optional[str] = ..., country: _Optional[str] = ..., seniority: _Optional[str] = ..., intent: _Optional[_Union[_lead_pb2.Intent, _Mapping]] = ..., tags: _Optional[_Iterable[str]] = ...) -> None: ...

class Consent(_message.Message):
    __slots__ = ("purpose", "channel", "granted", "text_version", "given_at")
    PURPOSE_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    GRANTED_FIELD_NUMBER: _ClassVar[int]
    TEXT_VERSION_FIELD_NUMBER: _ClassVar[int]
    GIVEN_AT_FIELD_NUMBER: _ClassVar[int]
    purpose: str
    channel: str
    granted: bool
    text_version: str
    given_at: _timestamp_pb2.Timestamp
    def __init__(self, purpose: _Optional[str] = ..., channel: _Optional[str] = ..., granted: _Optional[bool] = ..., text_version: _Optional[str] = ..., given_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class SubmitLeadRequest(_message.Message):
    __slots__ = ("request_id", "source", "source_event_id", "occurred_at", "campaign_id", "captured_by", "business_line", "person", "attributes", "consents")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    SOURCE_EVENT_ID_FIELD_NUMBER: _ClassVar[int]
    OCCURRED_AT_FIELD_NUMBER: _ClassVar[int]
    CAMPAIGN_ID_FIELD_NUMBER: _ClassVar[int]
    CAPTURED_BY_FIELD_NUMBER: _ClassVar[int]
    BUSINESS_LINE_FIELD_NUMBER: _ClassVar[int]
    PERSON_FIELD_NUMBER: _ClassVar[int]
    ATTRIBUTES_FIELD_NUMBER: _ClassVar[int]
    CONSENTS_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    source: _lead_pb2.Source
    source_event_id: str
    occurred_at: _timestamp_pb2.Timestamp
    campaign_id: str
    captured_by: str
    business_line: str
    person: Person
    attributes: Attributes
    consents: _containers.RepeatedCompositeFieldContainer[Consent]
    def __init__(self, request_id: _Optional[str] = ..., source: _Optional[_Union[_lead_pb2.Source, _Mapping]] = ..., source_event_id: _Optional[str] = ..., occurred_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., campaign_id: _Optional[str] = ..., captured_by: _Optional[str] = ..., business_line: _Optional[str] = ..., person: _Optional[_Union[Person, _Mapping]] = ..., attributes: _Optional[_Union[Attributes, _Mapping]] = ..., consents: _Optional[_Iterable[_Union[Consent, _Mapping]]] = ...) -> None: ...

class ScreeningCheck(_message.Message):
    __slots__ = ("check", "verdict", "required", "evidence")
    CHECK_FIELD_NUMBER: _ClassVar[int]
    VERDICT_FIELD_NUMBER: _ClassVar[int]
    REQUIRED_FIELD_NUMBER: _ClassVar[int]
    EVIDENCE_FIELD_NUMBER: _ClassVar[int]
    check: str
    verdict: Verdict
    required: bool
    evidence: str
    def __init__(self, check: _Optional[str] = ..., verdict: _Optional[_Union[Verdict, str]] = ..., required: _Optional[bool] = ..., evidence: _Optional[str] = ...) -> None: ...

class KeyMatch(_message.Message):
    __slots__ = ("key_kind", "strong", "owner", "owner_id", "lead_id", "masked_person", "masked_holder")
    KEY_KIND_FIELD_NUMBER: _ClassVar[int]
    STRONG_FIELD_NUMBER: _ClassVar[int]
    OWNER_FIELD_NUMBER: _ClassVar[int]
    OWNER_ID_FIELD_NUMBER: _ClassVar[int]
    LEAD_ID_FIELD_NUMBER: _ClassVar[int]
    MASKED_PERSON_FIELD_NUMBER: _ClassVar[int]
    MASKED_HOLDER_FIELD_NUMBER: _ClassVar[int]
    key_kind: KeyKind
    strong: bool
    owner: KeyOwner
    owner_id: str
    lead_id: str
    masked_person: str
    masked_holder: str
    def __init__(self, key_kind: _Optional[_Union[KeyKind, str]] = ..., strong: _Optional[bool] = ..., owner: _Optional[_Union[KeyOwner, str]] = ..., owner_id: _Optional[str] = ..., lead_id: _Optional[str] = ..., masked_person: _Optional[str] = ..., masked_holder: _Optional[str] = ...) -> None: ...

class SubmitLeadResponse(_message.Message):
    __slots__ = ("submission_id", "outcome", "lead_id", "review_id", "screening", "matches")
    SUBMISSION_ID_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    LEAD_ID_FIELD_NUMBER: _ClassVar[int]
    REVIEW_ID_FIELD_NUMBER: _ClassVar[int]
    SCREENING_FIELD_NUMBER: _ClassVar[int]
    MATCHES_FIELD_NUMBER: _ClassVar[int]
    submission_id: str
    outcome: Outcome
    lead_id: str
    review_id: str
    screening: _containers.RepeatedCompositeFieldContainer[ScreeningCheck]
    matches: _containers.RepeatedCompositeFieldContainer[KeyMatch]
    def __init__(self, submission_id: _Optional[str] = ..., outcome: _Optional[_Union[Outcome, str]] = ..., lead_id: _Optional[str] = ..., review_id: _Optional[str] = ..., screening: _Optional[_Iterable[_Union[ScreeningCheck, _Mapping]]] = ..., matches: _Optional[_Iterable[_Union[KeyMatch, _Mapping]]] = ...) -> None: ...

class BatchSubmitLeadsRequest(_message.Message):
    __slots__ = ("rows",)
    ROWS_FIELD_NUMBER: _ClassVar[int]
    rows: _containers.RepeatedCompositeFieldContainer[SubmitLeadRequest]
    def __init__(self, rows: _Optional[_Iterable[_Union[SubmitLeadRequest, _Mapping]]] = ...) -> None: ...

class RowError(_message.Message):
    __slots__ = ("reason", "field", "message")
    REASON_FIELD_NUMBER: _ClassVar[int]
    FIELD_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    reason: str
    field: str
    message: str
    def __init__(self, reason: _Optional[str] = ..., field: _Optional[str] = ..., message: _Optional[str] = ...) -> None: ...

class RowOutcome(_message.Message):
    __slots__ = ("response", "error")
    RESPONSE_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    response: SubmitLeadResponse
    error: RowError
    def __init__(self, response: _Optional[_Union[SubmitLeadResponse, _Mapping]] = ..., error: _Optional[_Union[RowError, _Mapping]] = ...) -> None: ...

class BatchSubmitLeadsResponse(_message.Message):
    __slots__ = ("outcomes",)
    OUTCOMES_FIELD_NUMBER: _ClassVar[int]
    outcomes: _containers.RepeatedCompositeFieldContainer[RowOutcome]
    def __init__(self, outcomes: _Optional[_Iterable[_Union[RowOutcome, _Mapping]]] = ...) -> None: ...

class GetLeadRequest(_message.Message):
    __slots__ = ("lead_id",)
    LEAD_ID_FIELD_NUMBER: _ClassVar[int]
    lead_id: str
    def __init__(self, lead_id: _Optional[str] = ...) -> None: ...

class Lead(_message.Message):
    __slots__ = ("lead_id", "person_id", "person", "masked", "facts", "touchpoints", "captured_by", "unreviewed", "holder_code")
    LEAD_ID_FIELD_NUMBER: _ClassVar[int]
    PERSON_ID_FIELD_NUMBER: _ClassVar[int]
    PERSON_FIELD_NUMBER: _ClassVar[int]
    MASKED_FIELD_NUMBER: _ClassVar[int]
    FACTS_FIELD_NUMBER: _ClassVar[int]
    TOUCHPOINTS_FIELD_NUMBER: _ClassVar[int]
    CAPTURED_BY_FIELD_NUMBER: _ClassVar[int]
    UNREVIEWED_FIELD_NUMBER: _ClassVar[int]
    HOLDER_CODE_FIELD_NUMBER: _ClassVar[int]
    lead_id: str
    person_id: str
    person: Person
    masked: bool
    facts: _lead_pb2.LeadFacts
    touchpoints: int
    captured_by: str
    unreviewed: bool
    holder_code: str
    def __init__(self, lead_id: _Optional[str] = ..., person_id: _Optional[str] = ..., person: _Optional[_Union[Person, _Mapping]] = ..., masked: _Optional[bool] = ..., facts: _Optional[_Union[_lead_pb2.LeadFacts, _Mapping]] = ..., touchpoints: _Optional[int] = ..., captured_by: _Optional[str] = ..., unreviewed: _Optional[bool] = ..., holder_code: _Optional[str] = ...) -> None: ...

class GetLeadResponse(_message.Message):
    __slots__ = ("lead",)
    LEAD_FIELD_NUMBER: _ClassVar[int]
    lead: Lead
    def __init__(self, lead: _Optional[_Union[Lead, _Mapping]] = ...) -> None: ...

class GetPersonRequest(_message.Message):
    __slots__ = ("person_id", "purpose")
    PERSON_ID_FIELD_NUMBER: _ClassVar[int]
    PURPOSE_FIELD_NUMBER: _ClassVar[int]
    person_id: str
    purpose: str
    def __init__(self, person_id: _Optional[str] = ..., purpose: _Optional[str] = ...) -> None: ...

class GetPersonResponse(_message.Message):
    __slots__ = ("person", "consents")
    PERSON_FIELD_NUMBER: _ClassVar[int]
    CONSENTS_FIELD_NUMBER: _ClassVar[int]
    person: Person
    consents: _containers.RepeatedCompositeFieldContainer[Consent]
    def __init__(self, person: _Optional[_Union[Person, _Mapping]] = ..., consents: _Optional[_Iterable[_Union[Consent, _Mapping]]] = ...) -> None: ...

class ListLeadsRequest(_message.Message):
    __slots__ = ("page_size", "page_token", "campaign_id", "channel")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    CAMPAIGN_ID_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    campaign_id: str
    channel: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., campaign_id: _Optional[str] = ..., channel: _Optional[str] = ...) -> None: ...

class ListLeadsResponse(_message.Message):
    __slots__ = ("leads", "next_page_token")
    LEADS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    leads: _containers.RepeatedCompositeFieldContainer[Lead]
    next_page_token: str
    def __init__(self, leads: _Optional[_Iterable[_Union[Lead, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class GetLeadFactsRequest(_message.Message):
    __slots__ = ("lead_id",)
    LEAD_ID_FIELD_NUMBER: _ClassVar[int]
    lead_id: str
    def __init__(self, lead_id: _Optional[str] = ...) -> None: ...

class GetLeadFactsResponse(_message.Message):
    __slots__ = ("facts", "version", "taken_version", "captured_by", "account_owner", "reenquiries", "opportunity_owners")
    FACTS_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    TAKEN_VERSION_FIELD_NUMBER: _ClassVar[int]
    CAPTURED_BY_FIELD_NUMBER: _ClassVar[int]
    ACCOUNT_OWNER_FIELD_NUMBER: _ClassVar[int]
    REENQUIRIES_FIELD_NUMBER: _ClassVar[int]
    OPPORTUNITY_OWNERS_FIELD_NUMBER: _ClassVar[int]
    facts: _lead_pb2.LeadFacts
    version: int
    taken_version: int
    captured_by: str
    account_owner: str
    reenquiries: int
    opportunity_owners: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, facts: _Optional[_Union[_lead_pb2.LeadFacts, _Mapping]] = ..., version: _Optional[int] = ..., taken_version: _Optional[int] = ..., captured_by: _Optional[str] = ..., account_owner: _Optional[str] = ..., reenquiries: _Optional[int] = ..., opportunity_owners: _Optional[_Iterable[str]] = ...) -> None: ...

class MarkTakenRequest(_message.Message):
    __slots__ = ("request_id", "lead_id", "version")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    LEAD_ID_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    lead_id: str
    version: int
    def __init__(self, request_id: _Optional[str] = ..., lead_id: _Optional[str] = ..., version: _Optional[int] = ...) -> None: ...

class MarkTakenResponse(_message.Message):
    __slots__ = ("taken_version",)
    TAKEN_VERSION_FIELD_NUMBER: _ClassVar[int]
    taken_version: int
    def __init__(self, taken_version: _Optional[int] = ...) -> None: ...

class CheckDuplicatesRequest(_message.Message):
    __slots__ = ("person", "business_line", "country")
    PERSON_FIELD_NUMBER: _ClassVar[int]
    BUSINESS_LINE_FIELD_NUMBER: _ClassVar[int]
    COUNTRY_FIELD_NUMBER: _ClassVar[int]
    person: Person
    business_line: str
    country: str
    def __init__(self, person: _Optional[_Union[Person, _Mapping]] = ..., business_line: _Optional[str] = ..., country: _Optional[str] = ...) -> None: ...

class CheckDuplicatesResponse(_message.Message):
    __slots__ = ("matches",)
    MATCHES_FIELD_NUMBER: _ClassVar[int]
    matches: _containers.RepeatedCompositeFieldContainer[KeyMatch]
    def __init__(self, matches: _Optional[_Iterable[_Union[KeyMatch, _Mapping]]] = ...) -> None: ...

class Review(_message.Message):
    __slots__ = ("review_id", "submission_id", "person", "cause", "matches", "opened_at", "decide_by")
    REVIEW_ID_FIELD_NUMBER: _ClassVar[int]
    SUBMISSION_ID_FIELD_NUMBER: _ClassVar[int]
    PERSON_FIELD_NUMBER: _ClassVar[int]
    CAUSE_FIELD_NUMBER: _ClassVar[int]
    MATCHES_FIELD_NUMBER: _ClassVar[int]
    OPENED_AT_FIELD_NUMBER: _ClassVar[int]
    DECIDE_BY_FIELD_NUMBER: _ClassVar[int]
    review_id: str
    submission_id: str
    person: Person
    cause: str
    matches: _containers.RepeatedCompositeFieldContainer[KeyMatch]
    opened_at: _timestamp_pb2.Timestamp
    decide_by: _timestamp_pb2.Timestamp
    def __init__(self, review_id: _Optional[str] = ..., submission_id: _Optional[str] = ..., person: _Optional[_Union[Person, _Mapping]] = ..., cause: _Optional[str] = ..., matches: _Optional[_Iterable[_Union[KeyMatch, _Mapping]]] = ..., opened_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., decide_by: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ListReviewsRequest(_message.Message):
    __slots__ = ("page_size", "page_token")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListReviewsResponse(_message.Message):
    __slots__ = ("reviews", "next_page_token")
    REVIEWS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    reviews: _containers.RepeatedCompositeFieldContainer[Review]
    next_page_token: str
    def __init__(self, reviews: _Optional[_Iterable[_Union[Review, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class ResolveReviewRequest(_message.Message):
    __slots__ = ("request_id", "review_id", "resolution", "lead_id")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    REVIEW_ID_FIELD_NUMBER: _ClassVar[int]
    RESOLUTION_FIELD_NUMBER: _ClassVar[int]
    LEAD_ID_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    review_id: str
    resolution: Resolution
    lead_id: str
    def __init__(self, request_id: _Optional[str] = ..., review_id: _Optional[str] = ..., resolution: _Optional[_Union[Resolution, str]] = ..., lead_id: _Optional[str] = ...) -> None: ...

class ResolveReviewResponse(_message.Message):
    __slots__ = ("outcome", "lead_id")
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    LEAD_ID_FIELD_NUMBER: _ClassVar[int]
    outcome: Outcome
    lead_id: str
    def __init__(self, outcome: _Optional[_Union[Outcome, str]] = ..., lead_id: _Optional[str] = ...) -> None: ...

class AddNoteRequest(_message.Message):
    __slots__ = ("request_id", "lead_id", "text")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    LEAD_ID_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    lead_id: str
    text: str
    def __init__(self, request_id: _Optional[str] = ..., lead_id: _Optional[str] = ..., text: _Optional[str] = ...) -> None: ...

class AddNoteResponse(_message.Message):
    __slots__ = ("note_id",)
    NOTE_ID_FIELD_NUMBER: _ClassVar[int]
    note_id: str
    def __init__(self, note_id: _Optional[str] = ...) -> None: ...

class CreateCampaignRequest(_message.Message):
    __slots__ = ("request_id", "code", "name")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    code: str
    name: str
    def __init__(self, request_id: _Optional[str] = ..., code: _Optional[str] = ..., name: _Optional[str] = ...) -> None: ...

class CreateCampaignResponse(_message.Message):
    __slots__ = ("campaign_id",)
    CAMPAIGN_ID_FIELD_NUMBER: _ClassVar[int]
    campaign_id: str
    def __init__(self, campaign_id: _Optional[str] = ...) -> None: ...

class MatchAccountRequest(_message.Message):
    __slots__ = ("lead_id",)
    LEAD_ID_FIELD_NUMBER: _ClassVar[int]
    lead_id: str
    def __init__(self, lead_id: _Optional[str] = ...) -> None: ...

class MatchAccountResponse(_message.Message):
    __slots__ = ("account_id", "organisation_id", "person_id", "contact_id", "facts")
    ACCOUNT_ID_FIELD_NUMBER: _ClassVar[int]
    ORGANISATION_ID_FIELD_NUMBER: _ClassVar[int]
    PERSON_ID_FIELD_NUMBER: _ClassVar[int]
    CONTACT_ID_FIELD_NUMBER: _ClassVar[int]
    FACTS_FIELD_NUMBER: _ClassVar[int]
    account_id: str
    organisation_id: str
    person_id: str
    contact_id: str
    facts: _lead_pb2.LeadFacts
    def __init__(self, account_id: _Optional[str] = ..., organisation_id: _Optional[str] = ..., person_id: _Optional[str] = ..., contact_id: _Optional[str] = ..., facts: _Optional[_Union[_lead_pb2.LeadFacts, _Mapping]] = ...) -> None: ...

class RegisterKeysRequest(_message.Message):
    __slots__ = ("request_id", "lead_id", "account_id", "contact_id", "account_owner", "opportunity_owners", "opportunities_version")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    LEAD_ID_FIELD_NUMBER: _ClassVar[int]
    ACCOUNT_ID_FIELD_NUMBER: _ClassVar[int]
    CONTACT_ID_FIELD_NUMBER: _ClassVar[int]
    ACCOUNT_OWNER_FIELD_NUMBER: _ClassVar[int]
    OPPORTUNITY_OWNERS_FIELD_NUMBER: _ClassVar[int]
    OPPORTUNITIES_VERSION_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    lead_id: str
    account_id: str
    contact_id: str
    account_owner: str
    opportunity_owners: _containers.RepeatedScalarFieldContainer[str]
    opportunities_version: int
    def __init__(self, request_id: _Optional[str] = ..., lead_id: _Optional[str] = ..., account_id: _Optional[str] = ..., contact_id: _Optional[str] = ..., account_owner: _Optional[str] = ..., opportunity_owners: _Optional[_Iterable[str]] = ..., opportunities_version: _Optional[int] = ...) -> None: ...

class RegisterKeysResponse(_message.Message):
    __slots__ = ("keys", "opportunities_version")
    KEYS_FIELD_NUMBER: _ClassVar[int]
    OPPORTUNITIES_VERSION_FIELD_NUMBER: _ClassVar[int]
    keys: int
    opportunities_version: int
    def __init__(self, keys: _Optional[int] = ..., opportunities_version: _Optional[int] = ...) -> None: ...

class SetOpportunityOwnersRequest(_message.Message):
    __slots__ = ("request_id", "account_id", "opportunity_owners", "opportunities_version")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    ACCOUNT_ID_FIELD_NUMBER: _ClassVar[int]
    OPPORTUNITY_OWNERS_FIELD_NUMBER: _ClassVar[int]
    OPPORTUNITIES_VERSION_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    account_id: str
    opportunity_owners: _containers.RepeatedScalarFieldContainer[str]
    opportunities_version: int
    def __init__(self, request_id: _Optional[str] = ..., account_id: _Optional[str] = ..., opportunity_owners: _Optional[_Iterable[str]] = ..., opportunities_version: _Optional[int] = ...) -> None: ...

class SetOpportunityOwnersResponse(_message.Message):
    __slots__ = ("opportunities_version",)
    OPPORTUNITIES_VERSION_FIELD_NUMBER: _ClassVar[int]
    opportunities_version: int
    def __init__(self, opportunities_version: _Optional[int] = ...) -> None: ...

class SetAccessRequest(_message.Message):
    __slots__ = ("request_id", "lead_id", "holder_id", "holder_code", "epoch", "hidden", "access_version", "collaborator_ids")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    LEAD_ID_FIELD_NUMBER: _ClassVar[int]
    HOLDER_ID_FIELD_NUMBER: _ClassVar[int]
    HOLDER_CODE_FIELD_NUMBER: _ClassVar[int]
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    HIDDEN_FIELD_NUMBER: _ClassVar[int]
    ACCESS_VERSION_FIELD_NUMBER: _ClassVar[int]
    COLLABORATOR_IDS_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    lead_id: str
    holder_id: str
    holder_code: str
    epoch: int
    hidden: bool
    access_version: int
    collaborator_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, request_id: _Optional[str] = ..., lead_id: _Optional[str] = ..., holder_id: _Optional[str] = ..., holder_code: _Optional[str] = ..., epoch: _Optional[int] = ..., hidden: _Optional[bool] = ..., access_version: _Optional[int] = ..., collaborator_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class SetAccessResponse(_message.Message):
    __slots__ = ("epoch",)
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    epoch: int
    def __init__(self, epoch: _Optional[int] = ...) -> None: ...

class ListLeadEventsRequest(_message.Message):
    __slots__ = ("lead_id", "page_size", "page_token")
    LEAD_ID_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    lead_id: str
    page_size: int
    page_token: str
    def __init__(self, lead_id: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListLeadEventsResponse(_message.Message):
    __slots__ = ("events", "next_page_token")
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    events: _containers.RepeatedCompositeFieldContainer[_lead_pb2.LeadEvent]
    next_page_token: str
    def __init__(self, events: _Optional[_Iterable[_Union[_lead_pb2.LeadEvent, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...
