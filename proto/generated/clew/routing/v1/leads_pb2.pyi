import datetime

from buf.validate import validate_pb2 as _validate_pb2
from clew.lead.v1 import lead_pb2 as _lead_pb2
from clew.routing.v1 import holdings_pb2 as _holdings_pb2
from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class LeadTask(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    LEAD_TASK_UNSPECIFIED: _ClassVar[LeadTask]
    LEAD_TASK_HAND_OVER: _ClassVar[LeadTask]
    LEAD_TASK_SCORE: _ClassVar[LeadTask]
    LEAD_TASK_ROUTE: _ClassVar[LeadTask]
    LEAD_TASK_ADVANCE: _ClassVar[LeadTask]
    LEAD_TASK_END_LEASE: _ClassVar[LeadTask]
    LEAD_TASK_WAIT: _ClassVar[LeadTask]
    LEAD_TASK_NONE: _ClassVar[LeadTask]

class DoneBy(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DONE_BY_UNSPECIFIED: _ClassVar[DoneBy]
    DONE_BY_TIMER: _ClassVar[DoneBy]
    DONE_BY_SWEEP: _ClassVar[DoneBy]
LEAD_TASK_UNSPECIFIED: LeadTask
LEAD_TASK_HAND_OVER: LeadTask
LEAD_TASK_SCORE: LeadTask
LEAD_TASK_ROUTE: LeadTask
LEAD_TASK_ADVANCE: LeadTask
LEAD_TASK_END_LEASE: LeadTask
LEAD_TASK_WAIT: LeadTask
LEAD_TASK_NONE: LeadTask
DONE_BY_UNSPECIFIED: DoneBy
DONE_BY_TIMER: DoneBy
DONE_BY_SWEEP: DoneBy

class OpenLeadRequest(_message.Message):
    __slots__ = ("request_id", "facts", "facts_version", "captured_by", "account_owner", "reenquiries", "opportunity_owners")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    FACTS_FIELD_NUMBER: _ClassVar[int]
    FACTS_VERSION_FIELD_NUMBER: _ClassVar[int]
    CAPTURED_BY_FIELD_NUMBER: _ClassVar[int]
    ACCOUNT_OWNER_FIELD_NUMBER: _ClassVar[int]
    REENQUIRIES_FIELD_NUMBER: _ClassVar[int]
    OPPORTUNITY_OWNERS_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    facts: _lead_pb2.LeadFacts
    facts_version: int
    captured_by: str
    account_owner: str
    reenquiries: int
    opportunity_owners: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, request_id: _Optional[str] = ..., facts: _Optional[_Union[_lead_pb2.LeadFacts, _Mapping]] = ..., facts_version: _Optional[int] = ..., captured_by: _Optional[str] = ..., account_owner: _Optional[str] = ..., reenquiries: _Optional[int] = ..., opportunity_owners: _Optional[_Iterable[str]] = ...) -> None: ...

class OpenLeadResponse(_message.Message):
    __slots__ = ("state",)
    STATE_FIELD_NUMBER: _ClassVar[int]
    state: _lead_pb2.LeadState
    def __init__(self, state: _Optional[_Union[_lead_pb2.LeadState, str]] = ...) -> None: ...

class UpdateFactsRequest(_message.Message):
    __slots__ = ("request_id", "facts", "facts_version", "captured_by", "account_owner", "reenquiries", "opportunity_owners")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    FACTS_FIELD_NUMBER: _ClassVar[int]
    FACTS_VERSION_FIELD_NUMBER: _ClassVar[int]
    CAPTURED_BY_FIELD_NUMBER: _ClassVar[int]
    ACCOUNT_OWNER_FIELD_NUMBER: _ClassVar[int]
    REENQUIRIES_FIELD_NUMBER: _ClassVar[int]
    OPPORTUNITY_OWNERS_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    facts: _lead_pb2.LeadFacts
    facts_version: int
    captured_by: str
    account_owner: str
    reenquiries: int
    opportunity_owners: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, request_id: _Optional[str] = ..., facts: _Optional[_Union[_lead_pb2.LeadFacts, _Mapping]] = ..., facts_version: _Optional[int] = ..., captured_by: _Optional[str] = ..., account_owner: _Optional[str] = ..., reenquiries: _Optional[int] = ..., opportunity_owners: _Optional[_Iterable[str]] = ...) -> None: ...

class UpdateFactsResponse(_message.Message):
    __slots__ = ("facts_version", "state")
    FACTS_VERSION_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    facts_version: int
    state: _lead_pb2.LeadState
    def __init__(self, facts_version: _Optional[int] = ..., state: _Optional[_Union[_lead_pb2.LeadState, str]] = ...) -> None: ...

class UpdateScoreRequest(_message.Message):
    __slots__ = ("request_id", "lead_id", "score_version", "fit_score", "behavior_score", "grade", "maturities", "rules_version")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    LEAD_ID_FIELD_NUMBER: _ClassVar[int]
    SCORE_VERSION_FIELD_NUMBER: _ClassVar[int]
    FIT_SCORE_FIELD_NUMBER: _ClassVar[int]
    BEHAVIOR_SCORE_FIELD_NUMBER: _ClassVar[int]
    GRADE_FIELD_NUMBER: _ClassVar[int]
    MATURITIES_FIELD_NUMBER: _ClassVar[int]
    RULES_VERSION_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    lead_id: str
    score_version: int
    fit_score: int
    behavior_score: int
    grade: str
    maturities: int
    rules_version: int
    def __init__(self, request_id: _Optional[str] = ..., lead_id: _Optional[str] = ..., score_version: _Optional[int] = ..., fit_score: _Optional[int] = ..., behavior_score: _Optional[int] = ..., grade: _Optional[str] = ..., maturities: _Optional[int] = ..., rules_version: _Optional[int] = ...) -> None: ...

class UpdateScoreResponse(_message.Message):
    __slots__ = ("score_version", "state")
    SCORE_VERSION_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    score_version: int
    state: _lead_pb2.LeadState
    def __init__(self, score_version: _Optional[int] = ..., state: _Optional[_Union[_lead_pb2.LeadState, str]] = ...) -> None: ...

class RouteLeadRequest(_message.Message):
    __slots__ = ("request_id", "lead_id")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    LEAD_ID_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    lead_id: str
    def __init__(self, request_id: _Optional[str] = ..., lead_id: _Optional[str] = ...) -> None: ...

class RouteLeadResponse(_message.Message):
    __slots__ = ("state", "decision")
    STATE_FIELD_NUMBER: _ClassVar[int]
    DECISION_FIELD_NUMBER: _ClassVar[int]
    state: _lead_pb2.LeadState
    decision: Decision
    def __init__(self, state: _Optional[_Union[_lead_pb2.LeadState, str]] = ..., decision: _Optional[_Union[Decision, _Mapping]] = ...) -> None: ...

class GetWorkRequest(_message.Message):
    __slots__ = ("lead_id",)
    LEAD_ID_FIELD_NUMBER: _ClassVar[int]
    lead_id: str
    def __init__(self, lead_id: _Optional[str] = ...) -> None: ...

class GetWorkResponse(_message.Message):
    __slots__ = ("state", "lead_version", "task", "holding_id", "epoch", "conversion_id", "wake_at", "wake_in", "owner_id", "owner_code", "due_at", "why", "facts", "hidden", "access_version", "collaborator_ids")
    STATE_FIELD_NUMBER: _ClassVar[int]
    LEAD_VERSION_FIELD_NUMBER: _ClassVar[int]
    TASK_FIELD_NUMBER: _ClassVar[int]
    HOLDING_ID_FIELD_NUMBER: _ClassVar[int]
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    CONVERSION_ID_FIELD_NUMBER: _ClassVar[int]
    WAKE_AT_FIELD_NUMBER: _ClassVar[int]
    WAKE_IN_FIELD_NUMBER: _ClassVar[int]
    OWNER_ID_FIELD_NUMBER: _ClassVar[int]
    OWNER_CODE_FIELD_NUMBER: _ClassVar[int]
    DUE_AT_FIELD_NUMBER: _ClassVar[int]
    WHY_FIELD_NUMBER: _ClassVar[int]
    FACTS_FIELD_NUMBER: _ClassVar[int]
    HIDDEN_FIELD_NUMBER: _ClassVar[int]
    ACCESS_VERSION_FIELD_NUMBER: _ClassVar[int]
    COLLABORATOR_IDS_FIELD_NUMBER: _ClassVar[int]
    state: _lead_pb2.LeadState
    lead_version: int
    task: LeadTask
    holding_id: str
    epoch: int
    conversion_id: str
    wake_at: _timestamp_pb2.Timestamp
    wake_in: _duration_pb2.Duration
    owner_id: str
    owner_code: str
    due_at: _timestamp_pb2.Timestamp
    why: str
    facts: _lead_pb2.LeadFacts
    hidden: bool
    access_version: int
    collaborator_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, state: _Optional[_Union[_lead_pb2.LeadState, str]] = ..., lead_version: _Optional[int] = ..., task: _Optional[_Union[LeadTask, str]] = ..., holding_id: _Optional[str] = ..., epoch: _Optional[int] = ..., conversion_id: _Optional[str] = ..., wake_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., wake_in: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., owner_id: _Optional[str] = ..., owner_code: _Optional[str] = ..., due_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., why: _Optional[str] = ..., facts: _Optional[_Union[_lead_pb2.LeadFacts, _Mapping]] = ..., hidden: _Optional[bool] = ..., access_version: _Optional[int] = ..., collaborator_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class GetLeadStateRequest(_message.Message):
    __slots__ = ("lead_id",)
    LEAD_ID_FIELD_NUMBER: _ClassVar[int]
    lead_id: str
    def __init__(self, lead_id: _Optional[str] = ...) -> None: ...

class GetLeadStateResponse(_message.Message):
    __slots__ = ("lead_id", "state", "facts", "home_pool_code", "holding", "allowed_verbs", "invalid_reason", "facts_version", "score_version", "resting_until", "frozen_until", "release_at", "unassigned_reason")
    LEAD_ID_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    FACTS_FIELD_NUMBER: _ClassVar[int]
    HOME_POOL_CODE_FIELD_NUMBER: _ClassVar[int]
    HOLDING_FIELD_NUMBER: _ClassVar[int]
    ALLOWED_VERBS_FIELD_NUMBER: _ClassVar[int]
    INVALID_REASON_FIELD_NUMBER: _ClassVar[int]
    FACTS_VERSION_FIELD_NUMBER: _ClassVar[int]
    SCORE_VERSION_FIELD_NUMBER: _ClassVar[int]
    RESTING_UNTIL_FIELD_NUMBER: _ClassVar[int]
    FROZEN_UNTIL_FIELD_NUMBER: _ClassVar[int]
    RELEASE_AT_FIELD_NUMBER: _ClassVar[int]
    UNASSIGNED_REASON_FIELD_NUMBER: _ClassVar[int]
    lead_id: str
    state: _lead_pb2.LeadState
    facts: _lead_pb2.LeadFacts
    home_pool_code: str
    holding: _holdings_pb2.Holding
    allowed_verbs: _containers.RepeatedScalarFieldContainer[str]
    invalid_reason: str
    facts_version: int
    score_version: int
    resting_until: _timestamp_pb2.Timestamp
    frozen_until: _timestamp_pb2.Timestamp
    release_at: _timestamp_pb2.Timestamp
    unassigned_reason: str
    def __init__(self, lead_id: _Optional[str] = ..., state: _Optional[_Union[_lead_pb2.LeadState, str]] = ..., facts: _Optional[_Union[_lead_pb2.LeadFacts, _Mapping]] = ..., home_pool_code: _Optional[str] = ..., holding: _Optional[_Union[_holdings_pb2.Holding, _Mapping]] = ..., allowed_verbs: _Optional[_Iterable[str]] = ..., invalid_reason: _Optional[str] = ..., facts_version: _Optional[int] = ..., score_version: _Optional[int] = ..., resting_until: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., frozen_until: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., release_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., unassigned_reason: _Optional[str] = ...) -> None: ...

class Candidate(_message.Message):
    __slots__ = ("rep_code", "verdict", "held", "limit", "last_assigned_at")
    REP_CODE_FIELD_NUMBER: _ClassVar[int]
    VERDICT_FIELD_NUMBER: _ClassVar[int]
    HELD_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    LAST_ASSIGNED_AT_FIELD_NUMBER: _ClassVar[int]
    rep_code: str
    verdict: str
    held: int
    limit: int
    last_assigned_at: _timestamp_pb2.Timestamp
    def __init__(self, rep_code: _Optional[str] = ..., verdict: _Optional[str] = ..., held: _Optional[int] = ..., limit: _Optional[int] = ..., last_assigned_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class Decision(_message.Message):
    __slots__ = ("decision_id", "verb", "from_state", "to_state", "holding_id", "epoch", "rep_code", "actor_id", "actor_role", "reason", "rule_version", "candidates", "due_at", "decided_at", "done_by", "schedule")
    DECISION_ID_FIELD_NUMBER: _ClassVar[int]
    VERB_FIELD_NUMBER: _ClassVar[int]
    FROM_STATE_FIELD_NUMBER: _ClassVar[int]
    TO_STATE_FIELD_NUMBER: _ClassVar[int]
    HOLDING_ID_FIELD_NUMBER: _ClassVar[int]
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    REP_CODE_FIELD_NUMBER: _ClassVar[int]
    ACTOR_ID_FIELD_NUMBER: _ClassVar[int]
    ACTOR_ROLE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    RULE_VERSION_FIELD_NUMBER: _ClassVar[int]
    CANDIDATES_FIELD_NUMBER: _ClassVar[int]
    DUE_AT_FIELD_NUMBER: _ClassVar[int]
    DECIDED_AT_FIELD_NUMBER: _ClassVar[int]
    DONE_BY_FIELD_NUMBER: _ClassVar[int]
    SCHEDULE_FIELD_NUMBER: _ClassVar[int]
    decision_id: str
    verb: str
    from_state: _lead_pb2.LeadState
    to_state: _lead_pb2.LeadState
    holding_id: str
    epoch: int
    rep_code: str
    actor_id: str
    actor_role: str
    reason: str
    rule_version: str
    candidates: _containers.RepeatedCompositeFieldContainer[Candidate]
    due_at: _timestamp_pb2.Timestamp
    decided_at: _timestamp_pb2.Timestamp
    done_by: DoneBy
    schedule: _holdings_pb2.Schedule
    def __init__(self, decision_id: _Optional[str] = ..., verb: _Optional[str] = ..., from_state: _Optional[_Union[_lead_pb2.LeadState, str]] = ..., to_state: _Optional[_Union[_lead_pb2.LeadState, str]] = ..., holding_id: _Optional[str] = ..., epoch: _Optional[int] = ..., rep_code: _Optional[str] = ..., actor_id: _Optional[str] = ..., actor_role: _Optional[str] = ..., reason: _Optional[str] = ..., rule_version: _Optional[str] = ..., candidates: _Optional[_Iterable[_Union[Candidate, _Mapping]]] = ..., due_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., decided_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., done_by: _Optional[_Union[DoneBy, str]] = ..., schedule: _Optional[_Union[_holdings_pb2.Schedule, _Mapping]] = ...) -> None: ...

class ListDecisionsRequest(_message.Message):
    __slots__ = ("lead_id", "page_size", "page_token")
    LEAD_ID_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    lead_id: str
    page_size: int
    page_token: str
    def __init__(self, lead_id: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListDecisionsResponse(_message.Message):
    __slots__ = ("decisions", "next_page_token")
    DECISIONS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    decisions: _containers.RepeatedCompositeFieldContainer[Decision]
    next_page_token: str
    def __init__(self, decisions: _Optional[_Iterable[_Union[Decision, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class DisqualifyLeadRequest(_message.Message):
    __slots__ = ("request_id", "lead_id", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    LEAD_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    lead_id: str
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., lead_id: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class DisqualifyLeadResponse(_message.Message):
    __slots__ = ("state",)
    STATE_FIELD_NUMBER: _ClassVar[int]
    state: _lead_pb2.LeadState
    def __init__(self, state: _Optional[_Union[_lead_pb2.LeadState, str]] = ...) -> None: ...

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
