import datetime

from buf.validate import validate_pb2 as _validate_pb2
from clew.lead.v1 import lead_pb2 as _lead_pb2
from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class HoldingOrigin(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    HOLDING_ORIGIN_UNSPECIFIED: _ClassVar[HoldingOrigin]
    HOLDING_ORIGIN_CLAIMED: _ClassVar[HoldingOrigin]
    HOLDING_ORIGIN_ASSIGNED: _ClassVar[HoldingOrigin]
    HOLDING_ORIGIN_RULE: _ClassVar[HoldingOrigin]
    HOLDING_ORIGIN_CAPTURED: _ClassVar[HoldingOrigin]
    HOLDING_ORIGIN_TRANSFERRED: _ClassVar[HoldingOrigin]

class DueCause(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DUE_CAUSE_UNSPECIFIED: _ClassVar[DueCause]
    DUE_CAUSE_FIRST_RESPONSE: _ClassVar[DueCause]
    DUE_CAUSE_PROTECTION: _ClassVar[DueCause]
    DUE_CAUSE_MAXIMUM: _ClassVar[DueCause]

class FollowUpKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    FOLLOW_UP_KIND_UNSPECIFIED: _ClassVar[FollowUpKind]
    FOLLOW_UP_KIND_CALL: _ClassVar[FollowUpKind]
    FOLLOW_UP_KIND_EMAIL: _ClassVar[FollowUpKind]
    FOLLOW_UP_KIND_MESSAGE: _ClassVar[FollowUpKind]
    FOLLOW_UP_KIND_MEETING: _ClassVar[FollowUpKind]
    FOLLOW_UP_KIND_VISIT: _ClassVar[FollowUpKind]

class FollowUpDirection(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    FOLLOW_UP_DIRECTION_UNSPECIFIED: _ClassVar[FollowUpDirection]
    FOLLOW_UP_DIRECTION_OUTBOUND: _ClassVar[FollowUpDirection]
    FOLLOW_UP_DIRECTION_INBOUND: _ClassVar[FollowUpDirection]

class FollowUpOutcome(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    FOLLOW_UP_OUTCOME_UNSPECIFIED: _ClassVar[FollowUpOutcome]
    FOLLOW_UP_OUTCOME_CONNECTED: _ClassVar[FollowUpOutcome]
    FOLLOW_UP_OUTCOME_REPLIED: _ClassVar[FollowUpOutcome]
    FOLLOW_UP_OUTCOME_MET: _ClassVar[FollowUpOutcome]
    FOLLOW_UP_OUTCOME_NO_ANSWER: _ClassVar[FollowUpOutcome]
    FOLLOW_UP_OUTCOME_WRONG_NUMBER: _ClassVar[FollowUpOutcome]
    FOLLOW_UP_OUTCOME_SYSTEM: _ClassVar[FollowUpOutcome]

class AdvanceEffect(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ADVANCE_EFFECT_UNSPECIFIED: _ClassVar[AdvanceEffect]
    ADVANCE_EFFECT_REMINDED: _ClassVar[AdvanceEffect]
    ADVANCE_EFFECT_RECALLED: _ClassVar[AdvanceEffect]
    ADVANCE_EFFECT_NOT_DUE: _ClassVar[AdvanceEffect]
    ADVANCE_EFFECT_ENDED: _ClassVar[AdvanceEffect]
HOLDING_ORIGIN_UNSPECIFIED: HoldingOrigin
HOLDING_ORIGIN_CLAIMED: HoldingOrigin
HOLDING_ORIGIN_ASSIGNED: HoldingOrigin
HOLDING_ORIGIN_RULE: HoldingOrigin
HOLDING_ORIGIN_CAPTURED: HoldingOrigin
HOLDING_ORIGIN_TRANSFERRED: HoldingOrigin
DUE_CAUSE_UNSPECIFIED: DueCause
DUE_CAUSE_FIRST_RESPONSE: DueCause
DUE_CAUSE_PROTECTION: DueCause
DUE_CAUSE_MAXIMUM: DueCause
FOLLOW_UP_KIND_UNSPECIFIED: FollowUpKind
FOLLOW_UP_KIND_CALL: FollowUpKind
FOLLOW_UP_KIND_EMAIL: FollowUpKind
FOLLOW_UP_KIND_MESSAGE: FollowUpKind
FOLLOW_UP_KIND_MEETING: FollowUpKind
FOLLOW_UP_KIND_VISIT: FollowUpKind
FOLLOW_UP_DIRECTION_UNSPECIFIED: FollowUpDirection
FOLLOW_UP_DIRECTION_OUTBOUND: FollowUpDirection
FOLLOW_UP_DIRECTION_INBOUND: FollowUpDirection
FOLLOW_UP_OUTCOME_UNSPECIFIED: FollowUpOutcome
FOLLOW_UP_OUTCOME_CONNECTED: FollowUpOutcome
FOLLOW_UP_OUTCOME_REPLIED: FollowUpOutcome
FOLLOW_UP_OUTCOME_MET: FollowUpOutcome
FOLLOW_UP_OUTCOME_NO_ANSWER: FollowUpOutcome
FOLLOW_UP_OUTCOME_WRONG_NUMBER: FollowUpOutcome
FOLLOW_UP_OUTCOME_SYSTEM: FollowUpOutcome
ADVANCE_EFFECT_UNSPECIFIED: AdvanceEffect
ADVANCE_EFFECT_REMINDED: AdvanceEffect
ADVANCE_EFFECT_RECALLED: AdvanceEffect
ADVANCE_EFFECT_NOT_DUE: AdvanceEffect
ADVANCE_EFFECT_ENDED: AdvanceEffect

class Holding(_message.Message):
    __slots__ = ("holding_id", "lead_id", "epoch", "rep_id", "rep_code", "origin", "started_at", "policy_version", "due_at", "due_cause", "first_responded_at", "ended_at", "end_cause", "conversion_id", "lease_until", "taken_from_pool_code")
    HOLDING_ID_FIELD_NUMBER: _ClassVar[int]
    LEAD_ID_FIELD_NUMBER: _ClassVar[int]
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    REP_ID_FIELD_NUMBER: _ClassVar[int]
    REP_CODE_FIELD_NUMBER: _ClassVar[int]
    ORIGIN_FIELD_NUMBER: _ClassVar[int]
    STARTED_AT_FIELD_NUMBER: _ClassVar[int]
    POLICY_VERSION_FIELD_NUMBER: _ClassVar[int]
    DUE_AT_FIELD_NUMBER: _ClassVar[int]
    DUE_CAUSE_FIELD_NUMBER: _ClassVar[int]
    FIRST_RESPONDED_AT_FIELD_NUMBER: _ClassVar[int]
    ENDED_AT_FIELD_NUMBER: _ClassVar[int]
    END_CAUSE_FIELD_NUMBER: _ClassVar[int]
    CONVERSION_ID_FIELD_NUMBER: _ClassVar[int]
    LEASE_UNTIL_FIELD_NUMBER: _ClassVar[int]
    TAKEN_FROM_POOL_CODE_FIELD_NUMBER: _ClassVar[int]
    holding_id: str
    lead_id: str
    epoch: int
    rep_id: str
    rep_code: str
    origin: HoldingOrigin
    started_at: _timestamp_pb2.Timestamp
    policy_version: str
    due_at: _timestamp_pb2.Timestamp
    due_cause: DueCause
    first_responded_at: _timestamp_pb2.Timestamp
    ended_at: _timestamp_pb2.Timestamp
    end_cause: str
    conversion_id: str
    lease_until: _timestamp_pb2.Timestamp
    taken_from_pool_code: str
    def __init__(self, holding_id: _Optional[str] = ..., lead_id: _Optional[str] = ..., epoch: _Optional[int] = ..., rep_id: _Optional[str] = ..., rep_code: _Optional[str] = ..., origin: _Optional[_Union[HoldingOrigin, str]] = ..., started_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., policy_version: _Optional[str] = ..., due_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., due_cause: _Optional[_Union[DueCause, str]] = ..., first_responded_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., ended_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., end_cause: _Optional[str] = ..., conversion_id: _Optional[str] = ..., lease_until: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., taken_from_pool_code: _Optional[str] = ...) -> None: ...

class ReminderTime(_message.Message):
    __slots__ = ("step", "at", "sent")
    STEP_FIELD_NUMBER: _ClassVar[int]
    AT_FIELD_NUMBER: _ClassVar[int]
    SENT_FIELD_NUMBER: _ClassVar[int]
    step: str
    at: _timestamp_pb2.Timestamp
    sent: bool
    def __init__(self, step: _Optional[str] = ..., at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., sent: _Optional[bool] = ...) -> None: ...

class Schedule(_message.Message):
    __slots__ = ("holding_id", "policy_version", "started_at", "first_response_due_at", "first_responded_at", "protected_until", "maximum_at", "due_at", "due_cause", "wake_at", "reminders", "attempts_counted", "because", "calendar_version", "locked_until", "passed_over", "provisional_years", "entries")
    HOLDING_ID_FIELD_NUMBER: _ClassVar[int]
    POLICY_VERSION_FIELD_NUMBER: _ClassVar[int]
    STARTED_AT_FIELD_NUMBER: _ClassVar[int]
    FIRST_RESPONSE_DUE_AT_FIELD_NUMBER: _ClassVar[int]
    FIRST_RESPONDED_AT_FIELD_NUMBER: _ClassVar[int]
    PROTECTED_UNTIL_FIELD_NUMBER: _ClassVar[int]
    MAXIMUM_AT_FIELD_NUMBER: _ClassVar[int]
    DUE_AT_FIELD_NUMBER: _ClassVar[int]
    DUE_CAUSE_FIELD_NUMBER: _ClassVar[int]
    WAKE_AT_FIELD_NUMBER: _ClassVar[int]
    REMINDERS_FIELD_NUMBER: _ClassVar[int]
    ATTEMPTS_COUNTED_FIELD_NUMBER: _ClassVar[int]
    BECAUSE_FIELD_NUMBER: _ClassVar[int]
    CALENDAR_VERSION_FIELD_NUMBER: _ClassVar[int]
    LOCKED_UNTIL_FIELD_NUMBER: _ClassVar[int]
    PASSED_OVER_FIELD_NUMBER: _ClassVar[int]
    PROVISIONAL_YEARS_FIELD_NUMBER: _ClassVar[int]
    ENTRIES_FIELD_NUMBER: _ClassVar[int]
    holding_id: str
    policy_version: str
    started_at: _timestamp_pb2.Timestamp
    first_response_due_at: _timestamp_pb2.Timestamp
    first_responded_at: _timestamp_pb2.Timestamp
    protected_until: _timestamp_pb2.Timestamp
    maximum_at: _timestamp_pb2.Timestamp
    due_at: _timestamp_pb2.Timestamp
    due_cause: DueCause
    wake_at: _timestamp_pb2.Timestamp
    reminders: _containers.RepeatedCompositeFieldContainer[ReminderTime]
    attempts_counted: int
    because: _containers.RepeatedScalarFieldContainer[str]
    calendar_version: str
    locked_until: _timestamp_pb2.Timestamp
    passed_over: _containers.RepeatedCompositeFieldContainer[PassedOver]
    provisional_years: _containers.RepeatedScalarFieldContainer[int]
    entries: _containers.RepeatedCompositeFieldContainer[ScheduleEntry]
    def __init__(self, holding_id: _Optional[str] = ..., policy_version: _Optional[str] = ..., started_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., first_response_due_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., first_responded_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., protected_until: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., maximum_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., due_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., due_cause: _Optional[_Union[DueCause, str]] = ..., wake_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., reminders: _Optional[_Iterable[_Union[ReminderTime, _Mapping]]] = ..., attempts_counted: _Optional[int] = ..., because: _Optional[_Iterable[str]] = ..., calendar_version: _Optional[str] = ..., locked_until: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., passed_over: _Optional[_Iterable[_Union[PassedOver, _Mapping]]] = ..., provisional_years: _Optional[_Iterable[int]] = ..., entries: _Optional[_Iterable[_Union[ScheduleEntry, _Mapping]]] = ...) -> None: ...

class PassedOver(_message.Message):
    __slots__ = ("starts_at", "ends_at", "why")
    STARTS_AT_FIELD_NUMBER: _ClassVar[int]
    ENDS_AT_FIELD_NUMBER: _ClassVar[int]
    WHY_FIELD_NUMBER: _ClassVar[int]
    starts_at: _timestamp_pb2.Timestamp
    ends_at: _timestamp_pb2.Timestamp
    why: str
    def __init__(self, starts_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., ends_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., why: _Optional[str] = ...) -> None: ...

class ScheduleEntry(_message.Message):
    __slots__ = ("kind", "at", "id", "counted", "because", "until", "words")
    KIND_FIELD_NUMBER: _ClassVar[int]
    AT_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    COUNTED_FIELD_NUMBER: _ClassVar[int]
    BECAUSE_FIELD_NUMBER: _ClassVar[int]
    UNTIL_FIELD_NUMBER: _ClassVar[int]
    WORDS_FIELD_NUMBER: _ClassVar[int]
    kind: str
    at: _timestamp_pb2.Timestamp
    id: str
    counted: bool
    because: _containers.RepeatedScalarFieldContainer[str]
    until: _timestamp_pb2.Timestamp
    words: str
    def __init__(self, kind: _Optional[str] = ..., at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., id: _Optional[str] = ..., counted: _Optional[bool] = ..., because: _Optional[_Iterable[str]] = ..., until: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., words: _Optional[str] = ...) -> None: ...

class ClaimLeadRequest(_message.Message):
    __slots__ = ("request_id", "lead_id")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    LEAD_ID_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    lead_id: str
    def __init__(self, request_id: _Optional[str] = ..., lead_id: _Optional[str] = ...) -> None: ...

class ClaimLeadResponse(_message.Message):
    __slots__ = ("holding",)
    HOLDING_FIELD_NUMBER: _ClassVar[int]
    holding: Holding
    def __init__(self, holding: _Optional[_Union[Holding, _Mapping]] = ...) -> None: ...

class AssignLeadRequest(_message.Message):
    __slots__ = ("request_id", "lead_id", "rep_code")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    LEAD_ID_FIELD_NUMBER: _ClassVar[int]
    REP_CODE_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    lead_id: str
    rep_code: str
    def __init__(self, request_id: _Optional[str] = ..., lead_id: _Optional[str] = ..., rep_code: _Optional[str] = ...) -> None: ...

class AssignLeadResponse(_message.Message):
    __slots__ = ("holding",)
    HOLDING_FIELD_NUMBER: _ClassVar[int]
    holding: Holding
    def __init__(self, holding: _Optional[_Union[Holding, _Mapping]] = ...) -> None: ...

class ReturnLeadRequest(_message.Message):
    __slots__ = ("request_id", "holding_id", "reason", "resting_until")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    HOLDING_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    RESTING_UNTIL_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    holding_id: str
    reason: str
    resting_until: _timestamp_pb2.Timestamp
    def __init__(self, request_id: _Optional[str] = ..., holding_id: _Optional[str] = ..., reason: _Optional[str] = ..., resting_until: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ReturnLeadResponse(_message.Message):
    __slots__ = ("state",)
    STATE_FIELD_NUMBER: _ClassVar[int]
    state: _lead_pb2.LeadState
    def __init__(self, state: _Optional[_Union[_lead_pb2.LeadState, str]] = ...) -> None: ...

class ReclaimLeadRequest(_message.Message):
    __slots__ = ("request_id", "holding_id", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    HOLDING_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    holding_id: str
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., holding_id: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class ReclaimLeadResponse(_message.Message):
    __slots__ = ("state",)
    STATE_FIELD_NUMBER: _ClassVar[int]
    state: _lead_pb2.LeadState
    def __init__(self, state: _Optional[_Union[_lead_pb2.LeadState, str]] = ...) -> None: ...

class TransferLeadRequest(_message.Message):
    __slots__ = ("request_id", "holding_id", "rep_code")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    HOLDING_ID_FIELD_NUMBER: _ClassVar[int]
    REP_CODE_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    holding_id: str
    rep_code: str
    def __init__(self, request_id: _Optional[str] = ..., holding_id: _Optional[str] = ..., rep_code: _Optional[str] = ...) -> None: ...

class TransferLeadResponse(_message.Message):
    __slots__ = ("holding",)
    HOLDING_FIELD_NUMBER: _ClassVar[int]
    holding: Holding
    def __init__(self, holding: _Optional[_Union[Holding, _Mapping]] = ...) -> None: ...

class LogFollowUpRequest(_message.Message):
    __slots__ = ("request_id", "holding_id", "kind", "direction", "outcome", "occurred_at", "note_id", "evidence_ref")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    HOLDING_ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    DIRECTION_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    OCCURRED_AT_FIELD_NUMBER: _ClassVar[int]
    NOTE_ID_FIELD_NUMBER: _ClassVar[int]
    EVIDENCE_REF_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    holding_id: str
    kind: FollowUpKind
    direction: FollowUpDirection
    outcome: FollowUpOutcome
    occurred_at: _timestamp_pb2.Timestamp
    note_id: str
    evidence_ref: str
    def __init__(self, request_id: _Optional[str] = ..., holding_id: _Optional[str] = ..., kind: _Optional[_Union[FollowUpKind, str]] = ..., direction: _Optional[_Union[FollowUpDirection, str]] = ..., outcome: _Optional[_Union[FollowUpOutcome, str]] = ..., occurred_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., note_id: _Optional[str] = ..., evidence_ref: _Optional[str] = ...) -> None: ...

class LogFollowUpResponse(_message.Message):
    __slots__ = ("follow_up_id", "counted", "because", "schedule")
    FOLLOW_UP_ID_FIELD_NUMBER: _ClassVar[int]
    COUNTED_FIELD_NUMBER: _ClassVar[int]
    BECAUSE_FIELD_NUMBER: _ClassVar[int]
    SCHEDULE_FIELD_NUMBER: _ClassVar[int]
    follow_up_id: str
    counted: bool
    because: _containers.RepeatedScalarFieldContainer[str]
    schedule: Schedule
    def __init__(self, follow_up_id: _Optional[str] = ..., counted: _Optional[bool] = ..., because: _Optional[_Iterable[str]] = ..., schedule: _Optional[_Union[Schedule, _Mapping]] = ...) -> None: ...

class GetScheduleRequest(_message.Message):
    __slots__ = ("holding_id",)
    HOLDING_ID_FIELD_NUMBER: _ClassVar[int]
    holding_id: str
    def __init__(self, holding_id: _Optional[str] = ...) -> None: ...

class GetScheduleResponse(_message.Message):
    __slots__ = ("schedule", "holding")
    SCHEDULE_FIELD_NUMBER: _ClassVar[int]
    HOLDING_FIELD_NUMBER: _ClassVar[int]
    schedule: Schedule
    holding: Holding
    def __init__(self, schedule: _Optional[_Union[Schedule, _Mapping]] = ..., holding: _Optional[_Union[Holding, _Mapping]] = ...) -> None: ...

class ListHoldingsRequest(_message.Message):
    __slots__ = ("page_size", "page_token", "rep_code")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    REP_CODE_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    rep_code: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., rep_code: _Optional[str] = ...) -> None: ...

class ListHoldingsResponse(_message.Message):
    __slots__ = ("holdings", "next_page_token")
    HOLDINGS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    holdings: _containers.RepeatedCompositeFieldContainer[Holding]
    next_page_token: str
    def __init__(self, holdings: _Optional[_Iterable[_Union[Holding, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class AdvanceHoldingRequest(_message.Message):
    __slots__ = ("request_id", "holding_id")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    HOLDING_ID_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    holding_id: str
    def __init__(self, request_id: _Optional[str] = ..., holding_id: _Optional[str] = ...) -> None: ...

class AdvanceHoldingResponse(_message.Message):
    __slots__ = ("effect", "wake_at", "wake_in")
    EFFECT_FIELD_NUMBER: _ClassVar[int]
    WAKE_AT_FIELD_NUMBER: _ClassVar[int]
    WAKE_IN_FIELD_NUMBER: _ClassVar[int]
    effect: AdvanceEffect
    wake_at: _timestamp_pb2.Timestamp
    wake_in: _duration_pb2.Duration
    def __init__(self, effect: _Optional[_Union[AdvanceEffect, str]] = ..., wake_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., wake_in: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class LeaseHoldingRequest(_message.Message):
    __slots__ = ("request_id", "holding_id", "epoch", "conversion_id", "converter_id", "by_manager", "lease_for", "lead_id")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    HOLDING_ID_FIELD_NUMBER: _ClassVar[int]
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    CONVERSION_ID_FIELD_NUMBER: _ClassVar[int]
    CONVERTER_ID_FIELD_NUMBER: _ClassVar[int]
    BY_MANAGER_FIELD_NUMBER: _ClassVar[int]
    LEASE_FOR_FIELD_NUMBER: _ClassVar[int]
    LEAD_ID_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    holding_id: str
    epoch: int
    conversion_id: str
    converter_id: str
    by_manager: bool
    lease_for: _duration_pb2.Duration
    lead_id: str
    def __init__(self, request_id: _Optional[str] = ..., holding_id: _Optional[str] = ..., epoch: _Optional[int] = ..., conversion_id: _Optional[str] = ..., converter_id: _Optional[str] = ..., by_manager: _Optional[bool] = ..., lease_for: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., lead_id: _Optional[str] = ...) -> None: ...

class LeaseHoldingResponse(_message.Message):
    __slots__ = ("lease_until", "rep_id")
    LEASE_UNTIL_FIELD_NUMBER: _ClassVar[int]
    REP_ID_FIELD_NUMBER: _ClassVar[int]
    lease_until: _timestamp_pb2.Timestamp
    rep_id: str
    def __init__(self, lease_until: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., rep_id: _Optional[str] = ...) -> None: ...

class ReleaseLeaseRequest(_message.Message):
    __slots__ = ("request_id", "holding_id", "conversion_id")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    HOLDING_ID_FIELD_NUMBER: _ClassVar[int]
    CONVERSION_ID_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    holding_id: str
    conversion_id: str
    def __init__(self, request_id: _Optional[str] = ..., holding_id: _Optional[str] = ..., conversion_id: _Optional[str] = ...) -> None: ...

class ReleaseLeaseResponse(_message.Message):
    __slots__ = ("due_at",)
    DUE_AT_FIELD_NUMBER: _ClassVar[int]
    due_at: _timestamp_pb2.Timestamp
    def __init__(self, due_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class FinishConversionRequest(_message.Message):
    __slots__ = ("request_id", "holding_id", "conversion_id")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    HOLDING_ID_FIELD_NUMBER: _ClassVar[int]
    CONVERSION_ID_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    holding_id: str
    conversion_id: str
    def __init__(self, request_id: _Optional[str] = ..., holding_id: _Optional[str] = ..., conversion_id: _Optional[str] = ...) -> None: ...

class FinishConversionResponse(_message.Message):
    __slots__ = ("state",)
    STATE_FIELD_NUMBER: _ClassVar[int]
    state: _lead_pb2.LeadState
    def __init__(self, state: _Optional[_Union[_lead_pb2.LeadState, str]] = ...) -> None: ...
