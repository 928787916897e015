import datetime

from buf.validate import validate_pb2 as _validate_pb2
from clew.routing.v1 import holdings_pb2 as _holdings_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class LockHoldingRequest(_message.Message):
    __slots__ = ("request_id", "holding_id", "until")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    HOLDING_ID_FIELD_NUMBER: _ClassVar[int]
    UNTIL_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    holding_id: str
    until: _timestamp_pb2.Timestamp
    def __init__(self, request_id: _Optional[str] = ..., holding_id: _Optional[str] = ..., until: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class LockHoldingResponse(_message.Message):
    __slots__ = ("schedule",)
    SCHEDULE_FIELD_NUMBER: _ClassVar[int]
    schedule: _holdings_pb2.Schedule
    def __init__(self, schedule: _Optional[_Union[_holdings_pb2.Schedule, _Mapping]] = ...) -> None: ...

class UnlockHoldingRequest(_message.Message):
    __slots__ = ("request_id", "holding_id")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    HOLDING_ID_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    holding_id: str
    def __init__(self, request_id: _Optional[str] = ..., holding_id: _Optional[str] = ...) -> None: ...

class UnlockHoldingResponse(_message.Message):
    __slots__ = ("schedule",)
    SCHEDULE_FIELD_NUMBER: _ClassVar[int]
    schedule: _holdings_pb2.Schedule
    def __init__(self, schedule: _Optional[_Union[_holdings_pb2.Schedule, _Mapping]] = ...) -> None: ...

class Extension(_message.Message):
    __slots__ = ("extension_id", "holding_id", "lead_id", "rep_code", "until", "reason", "requested_at", "state", "granted_until", "decided_at", "decided_by", "decision_reason")
    EXTENSION_ID_FIELD_NUMBER: _ClassVar[int]
    HOLDING_ID_FIELD_NUMBER: _ClassVar[int]
    LEAD_ID_FIELD_NUMBER: _ClassVar[int]
    REP_CODE_FIELD_NUMBER: _ClassVar[int]
    UNTIL_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    REQUESTED_AT_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    GRANTED_UNTIL_FIELD_NUMBER: _ClassVar[int]
    DECIDED_AT_FIELD_NUMBER: _ClassVar[int]
    DECIDED_BY_FIELD_NUMBER: _ClassVar[int]
    DECISION_REASON_FIELD_NUMBER: _ClassVar[int]
    extension_id: str
    holding_id: str
    lead_id: str
    rep_code: str
    until: _timestamp_pb2.Timestamp
    reason: str
    requested_at: _timestamp_pb2.Timestamp
    state: str
    granted_until: _timestamp_pb2.Timestamp
    decided_at: _timestamp_pb2.Timestamp
    decided_by: str
    decision_reason: str
    def __init__(self, extension_id: _Optional[str] = ..., holding_id: _Optional[str] = ..., lead_id: _Optional[str] = ..., rep_code: _Optional[str] = ..., until: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., reason: _Optional[str] = ..., requested_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., state: _Optional[str] = ..., granted_until: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., decided_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., decided_by: _Optional[str] = ..., decision_reason: _Optional[str] = ...) -> None: ...

class RequestExtensionRequest(_message.Message):
    __slots__ = ("request_id", "holding_id", "until", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    HOLDING_ID_FIELD_NUMBER: _ClassVar[int]
    UNTIL_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    holding_id: str
    until: _timestamp_pb2.Timestamp
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., holding_id: _Optional[str] = ..., until: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., reason: _Optional[str] = ...) -> None: ...

class RequestExtensionResponse(_message.Message):
    __slots__ = ("extension",)
    EXTENSION_FIELD_NUMBER: _ClassVar[int]
    extension: Extension
    def __init__(self, extension: _Optional[_Union[Extension, _Mapping]] = ...) -> None: ...

class DecideExtensionRequest(_message.Message):
    __slots__ = ("request_id", "extension_id", "granted", "until", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    EXTENSION_ID_FIELD_NUMBER: _ClassVar[int]
    GRANTED_FIELD_NUMBER: _ClassVar[int]
    UNTIL_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    extension_id: str
    granted: bool
    until: _timestamp_pb2.Timestamp
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., extension_id: _Optional[str] = ..., granted: _Optional[bool] = ..., until: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., reason: _Optional[str] = ...) -> None: ...

class DecideExtensionResponse(_message.Message):
    __slots__ = ("extension", "schedule")
    EXTENSION_FIELD_NUMBER: _ClassVar[int]
    SCHEDULE_FIELD_NUMBER: _ClassVar[int]
    extension: Extension
    schedule: _holdings_pb2.Schedule
    def __init__(self, extension: _Optional[_Union[Extension, _Mapping]] = ..., schedule: _Optional[_Union[_holdings_pb2.Schedule, _Mapping]] = ...) -> None: ...

class ListExtensionsRequest(_message.Message):
    __slots__ = ("page_size", "page_token", "rep_code", "holding_id", "pending_only")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    REP_CODE_FIELD_NUMBER: _ClassVar[int]
    HOLDING_ID_FIELD_NUMBER: _ClassVar[int]
    PENDING_ONLY_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    rep_code: str
    holding_id: str
    pending_only: bool
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., rep_code: _Optional[str] = ..., holding_id: _Optional[str] = ..., pending_only: _Optional[bool] = ...) -> None: ...

class ListExtensionsResponse(_message.Message):
    __slots__ = ("extensions", "next_page_token")
    EXTENSIONS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    extensions: _containers.RepeatedCompositeFieldContainer[Extension]
    next_page_token: str
    def __init__(self, extensions: _Optional[_Iterable[_Union[Extension, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class VoidFollowUpRequest(_message.Message):
    __slots__ = ("request_id", "follow_up_id", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    FOLLOW_UP_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    follow_up_id: str
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., follow_up_id: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class VoidFollowUpResponse(_message.Message):
    __slots__ = ("schedule",)
    SCHEDULE_FIELD_NUMBER: _ClassVar[int]
    schedule: _holdings_pb2.Schedule
    def __init__(self, schedule: _Optional[_Union[_holdings_pb2.Schedule, _Mapping]] = ...) -> None: ...

class ListFollowUpsRequest(_message.Message):
    __slots__ = ("page_size", "page_token", "holding_id")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    HOLDING_ID_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    holding_id: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., holding_id: _Optional[str] = ...) -> None: ...

class FollowUp(_message.Message):
    __slots__ = ("follow_up_id", "rep_code", "kind", "direction", "outcome", "occurred_at", "received_at", "counted", "because", "voided_at", "void_reason")
    FOLLOW_UP_ID_FIELD_NUMBER: _ClassVar[int]
    REP_CODE_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    DIRECTION_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    OCCURRED_AT_FIELD_NUMBER: _ClassVar[int]
    RECEIVED_AT_FIELD_NUMBER: _ClassVar[int]
    COUNTED_FIELD_NUMBER: _ClassVar[int]
    BECAUSE_FIELD_NUMBER: _ClassVar[int]
    VOIDED_AT_FIELD_NUMBER: _ClassVar[int]
    VOID_REASON_FIELD_NUMBER: _ClassVar[int]
    follow_up_id: str
    rep_code: str
    kind: _holdings_pb2.FollowUpKind
    direction: _holdings_pb2.FollowUpDirection
    outcome: _holdings_pb2.FollowUpOutcome
    occurred_at: _timestamp_pb2.Timestamp
    received_at: _timestamp_pb2.Timestamp
    counted: bool
    because: _containers.RepeatedScalarFieldContainer[str]
    voided_at: _timestamp_pb2.Timestamp
    void_reason: str
    def __init__(self, follow_up_id: _Optional[str] = ..., rep_code: _Optional[str] = ..., kind: _Optional[_Union[_holdings_pb2.FollowUpKind, str]] = ..., direction: _Optional[_Union[_holdings_pb2.FollowUpDirection, str]] = ..., outcome: _Optional[_Union[_holdings_pb2.FollowUpOutcome, str]] = ..., occurred_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., received_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., counted: _Optional[bool] = ..., because: _Optional[_Iterable[str]] = ..., voided_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., void_reason: _Optional[str] = ...) -> None: ...

class ListFollowUpsResponse(_message.Message):
    __slots__ = ("follow_ups", "next_page_token")
    FOLLOW_UPS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    follow_ups: _containers.RepeatedCompositeFieldContainer[FollowUp]
    next_page_token: str
    def __init__(self, follow_ups: _Optional[_Iterable[_Union[FollowUp, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class FollowUpPlan(_message.Message):
    __slots__ = ("plan_id", "holding_id", "lead_id", "rep_code", "kind", "due_at", "overdue", "done_at", "cancelled_at")
    PLAN_ID_FIELD_NUMBER: _ClassVar[int]
    HOLDING_ID_FIELD_NUMBER: _ClassVar[int]
    LEAD_ID_FIELD_NUMBER: _ClassVar[int]
    REP_CODE_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    DUE_AT_FIELD_NUMBER: _ClassVar[int]
    OVERDUE_FIELD_NUMBER: _ClassVar[int]
    DONE_AT_FIELD_NUMBER: _ClassVar[int]
    CANCELLED_AT_FIELD_NUMBER: _ClassVar[int]
    plan_id: str
    holding_id: str
    lead_id: str
    rep_code: str
    kind: _holdings_pb2.FollowUpKind
    due_at: _timestamp_pb2.Timestamp
    overdue: bool
    done_at: _timestamp_pb2.Timestamp
    cancelled_at: _timestamp_pb2.Timestamp
    def __init__(self, plan_id: _Optional[str] = ..., holding_id: _Optional[str] = ..., lead_id: _Optional[str] = ..., rep_code: _Optional[str] = ..., kind: _Optional[_Union[_holdings_pb2.FollowUpKind, str]] = ..., due_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., overdue: _Optional[bool] = ..., done_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., cancelled_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class PlanFollowUpRequest(_message.Message):
    __slots__ = ("request_id", "holding_id", "rep_code", "kind", "due_at")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    HOLDING_ID_FIELD_NUMBER: _ClassVar[int]
    REP_CODE_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    DUE_AT_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    holding_id: str
    rep_code: str
    kind: _holdings_pb2.FollowUpKind
    due_at: _timestamp_pb2.Timestamp
    def __init__(self, request_id: _Optional[str] = ..., holding_id: _Optional[str] = ..., rep_code: _Optional[str] = ..., kind: _Optional[_Union[_holdings_pb2.FollowUpKind, str]] = ..., due_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class PlanFollowUpResponse(_message.Message):
    __slots__ = ("plan",)
    PLAN_FIELD_NUMBER: _ClassVar[int]
    plan: FollowUpPlan
    def __init__(self, plan: _Optional[_Union[FollowUpPlan, _Mapping]] = ...) -> None: ...

class CancelPlanRequest(_message.Message):
    __slots__ = ("request_id", "plan_id")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    PLAN_ID_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    plan_id: str
    def __init__(self, request_id: _Optional[str] = ..., plan_id: _Optional[str] = ...) -> None: ...

class CancelPlanResponse(_message.Message):
    __slots__ = ("plan",)
    PLAN_FIELD_NUMBER: _ClassVar[int]
    plan: FollowUpPlan
    def __init__(self, plan: _Optional[_Union[FollowUpPlan, _Mapping]] = ...) -> None: ...

class ListPlansRequest(_message.Message):
    __slots__ = ("page_size", "page_token", "rep_code", "holding_id", "open_only")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    REP_CODE_FIELD_NUMBER: _ClassVar[int]
    HOLDING_ID_FIELD_NUMBER: _ClassVar[int]
    OPEN_ONLY_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    rep_code: str
    holding_id: str
    open_only: bool
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., rep_code: _Optional[str] = ..., holding_id: _Optional[str] = ..., open_only: _Optional[bool] = ...) -> None: ...

class ListPlansResponse(_message.Message):
    __slots__ = ("plans", "next_page_token")
    PLANS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    plans: _containers.RepeatedCompositeFieldContainer[FollowUpPlan]
    next_page_token: str
    def __init__(self, plans: _Optional[_Iterable[_Union[FollowUpPlan, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...
