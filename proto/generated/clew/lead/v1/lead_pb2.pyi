import datetime

from buf.validate import validate_pb2 as _validate_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class LeadState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    LEAD_STATE_UNSPECIFIED: _ClassVar[LeadState]
    LEAD_STATE_QUALIFYING: _ClassVar[LeadState]
    LEAD_STATE_POOLED: _ClassVar[LeadState]
    LEAD_STATE_HELD: _ClassVar[LeadState]
    LEAD_STATE_CONVERTING: _ClassVar[LeadState]
    LEAD_STATE_CONVERTED: _ClassVar[LeadState]
    LEAD_STATE_INVALID: _ClassVar[LeadState]
    LEAD_STATE_DORMANT: _ClassVar[LeadState]
    LEAD_STATE_VOIDED: _ClassVar[LeadState]
    LEAD_STATE_UNASSIGNED: _ClassVar[LeadState]

class SourceKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SOURCE_KIND_UNSPECIFIED: _ClassVar[SourceKind]
    SOURCE_KIND_DIRECT: _ClassVar[SourceKind]
    SOURCE_KIND_INDIRECT: _ClassVar[SourceKind]

class Urgency(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    URGENCY_UNSPECIFIED: _ClassVar[Urgency]
    URGENCY_LOW: _ClassVar[Urgency]
    URGENCY_MEDIUM: _ClassVar[Urgency]
    URGENCY_HIGH: _ClassVar[Urgency]
LEAD_STATE_UNSPECIFIED: LeadState
LEAD_STATE_QUALIFYING: LeadState
LEAD_STATE_POOLED: LeadState
LEAD_STATE_HELD: LeadState
LEAD_STATE_CONVERTING: LeadState
LEAD_STATE_CONVERTED: LeadState
LEAD_STATE_INVALID: LeadState
LEAD_STATE_DORMANT: LeadState
LEAD_STATE_VOIDED: LeadState
LEAD_STATE_UNASSIGNED: LeadState
SOURCE_KIND_UNSPECIFIED: SourceKind
SOURCE_KIND_DIRECT: SourceKind
SOURCE_KIND_INDIRECT: SourceKind
URGENCY_UNSPECIFIED: Urgency
URGENCY_LOW: Urgency
URGENCY_MEDIUM: Urgency
URGENCY_HIGH: Urgency

class Source(_message.Message):
    __slots__ = ("kind", "channel", "detail_code")
    KIND_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    DETAIL_CODE_FIELD_NUMBER: _ClassVar[int]
    kind: SourceKind
    channel: str
    detail_code: str
    def __init__(self, kind: _Optional[_Union[SourceKind, str]] = ..., channel: _Optional[str] = ..., detail_code: _Optional[str] = ...) -> None: ...

class Intent(_message.Message):
    __slots__ = ("product", "budget", "urgency", "horizon_days")
    PRODUCT_FIELD_NUMBER: _ClassVar[int]
    BUDGET_FIELD_NUMBER: _ClassVar[int]
    URGENCY_FIELD_NUMBER: _ClassVar[int]
    HORIZON_DAYS_FIELD_NUMBER: _ClassVar[int]
    product: str
    budget: int
    urgency: Urgency
    horizon_days: int
    def __init__(self, product: _Optional[str] = ..., budget: _Optional[int] = ..., urgency: _Optional[_Union[Urgency, str]] = ..., horizon_days: _Optional[int] = ...) -> None: ...

class LeadFacts(_message.Message):
    __slots__ = ("lead_id", "business_line", "source", "campaign_id", "industry", "company_size", "region", "city", "country", "time_zone", "seniority", "intent", "tags", "account_matched", "created_at", "grade", "fit_score", "behavior_score", "lifecycle_stage")
    LEAD_ID_FIELD_NUMBER: _ClassVar[int]
    BUSINESS_LINE_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    CAMPAIGN_ID_FIELD_NUMBER: _ClassVar[int]
    INDUSTRY_FIELD_NUMBER: _ClassVar[int]
    COMPANY_SIZE_FIELD_NUMBER: _ClassVar[int]
    REGION_FIELD_NUMBER: _ClassVar[int]
    CITY_FIELD_NUMBER: _ClassVar[int]
    COUNTRY_FIELD_NUMBER: _ClassVar[int]
    TIME_ZONE_FIELD_NUMBER: _ClassVar[int]
    SENIORITY_FIELD_NUMBER: _ClassVar[int]
    INTENT_FIELD_NUMBER: _ClassVar[int]
    TAGS_FIELD_NUMBER: _ClassVar[int]
    ACCOUNT_MATCHED_FIELD_NUMBER: _ClassVar[int]
    CREATED_AT_FIELD_NUMBER: _ClassVar[int]
    GRADE_FIELD_NUMBER: _ClassVar[int]
    FIT_SCORE_FIELD_NUMBER: _ClassVar[int]
    BEHAVIOR_SCORE_FIELD_NUMBER: _ClassVar[int]
    LIFECYCLE_STAGE_FIELD_NUMBER: _ClassVar[int]
    lead_id: str
    business_line: str
    source: Source
    campaign_id: str
    industry: str
    company_size: int
    region: str
    city: str
    country: str
    time_zone: str
    seniority: str
    intent: Intent
    tags: _containers.RepeatedScalarFieldContainer[str]
    account_matched: bool
    created_at: _timestamp_pb2.Timestamp
    grade: str
    fit_score: int
    behavior_score: int
    lifecycle_stage: str
    def __init__(self, lead_id: _Optional[str] = ..., business_line: _Optional[str] = ..., source: _Optional[_Union[Source, _Mapping]] = ..., campaign_id: _Optional[str] = ..., industry: _Optional[str] = ..., company_size: _Optional[int] = ..., region: _Optional[str] = ..., city: _Optional[str] = ..., country: _Optional[str] = ..., time_zone: _Optional[str] = ..., seniority: _Optional[str] = ..., intent: _Optional[_Union[Intent, _Mapping]] = ..., tags: _Optional[_Iterable[str]] = ..., account_matched: _Optional[bool] = ..., created_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., grade: _Optional[str] = ..., fit_score: _Optional[int] = ..., behavior_score: _Optional[int] = ..., lifecycle_stage: _Optional[str] = ...) -> None: ...

class LeadEvent(_message.Message):
    __slots__ = ("event_id", "service", "lead_id", "seq", "kind", "actor_id", "actor_role", "reason", "rule_version", "recorded_at", "changes")
    class ChangesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    EVENT_ID_FIELD_NUMBER: _ClassVar[int]
    SERVICE_FIELD_NUMBER: _ClassVar[int]
    LEAD_ID_FIELD_NUMBER: _ClassVar[int]
    SEQ_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    ACTOR_ID_FIELD_NUMBER: _ClassVar[int]
    ACTOR_ROLE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    RULE_VERSION_FIELD_NUMBER: _ClassVar[int]
    RECORDED_AT_FIELD_NUMBER: _ClassVar[int]
    CHANGES_FIELD_NUMBER: _ClassVar[int]
    event_id: str
    service: str
    lead_id: str
    seq: int
    kind: str
    actor_id: str
    actor_role: str
    reason: str
    rule_version: str
    recorded_at: _timestamp_pb2.Timestamp
    changes: _containers.ScalarMap[str, str]
    def __init__(self, event_id: _Optional[str] = ..., service: _Optional[str] = ..., lead_id: _Optional[str] = ..., seq: _Optional[int] = ..., kind: _Optional[str] = ..., actor_id: _Optional[str] = ..., actor_role: _Optional[str] = ..., reason: _Optional[str] = ..., rule_version: _Optional[str] = ..., recorded_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., changes: _Optional[_Mapping[str, str]] = ...) -> None: ...
