import datetime

from buf.validate import validate_pb2 as _validate_pb2
from clew.lead.v1 import lead_pb2 as _lead_pb2
from clew.routing.v1 import holdings_pb2 as _holdings_pb2
from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import field_mask_pb2 as _field_mask_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class PoolVisibility(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    POOL_VISIBILITY_UNSPECIFIED: _ClassVar[PoolVisibility]
    POOL_VISIBILITY_PUBLIC: _ClassVar[PoolVisibility]
    POOL_VISIBILITY_HIDDEN: _ClassVar[PoolVisibility]

class PoolHygiene(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    POOL_HYGIENE_UNSPECIFIED: _ClassVar[PoolHygiene]
    POOL_HYGIENE_DORMANT: _ClassVar[PoolHygiene]
    POOL_HYGIENE_REVIEW: _ClassVar[PoolHygiene]
POOL_VISIBILITY_UNSPECIFIED: PoolVisibility
POOL_VISIBILITY_PUBLIC: PoolVisibility
POOL_VISIBILITY_HIDDEN: PoolVisibility
POOL_HYGIENE_UNSPECIFIED: PoolHygiene
POOL_HYGIENE_DORMANT: PoolHygiene
POOL_HYGIENE_REVIEW: PoolHygiene

class PoolSettings(_message.Message):
    __slots__ = ("name", "policy_code", "visibility", "time_zone", "new_lead_freeze", "daily_claim_limit", "opens_at", "max_holdings", "max_age", "dwell_reminder", "daily_view_limit", "hygiene")
    NAME_FIELD_NUMBER: _ClassVar[int]
    POLICY_CODE_FIELD_NUMBER: _ClassVar[int]
    VISIBILITY_FIELD_NUMBER: _ClassVar[int]
    TIME_ZONE_FIELD_NUMBER: _ClassVar[int]
    NEW_LEAD_FREEZE_FIELD_NUMBER: _ClassVar[int]
    DAILY_CLAIM_LIMIT_FIELD_NUMBER: _ClassVar[int]
    OPENS_AT_FIELD_NUMBER: _ClassVar[int]
    MAX_HOLDINGS_FIELD_NUMBER: _ClassVar[int]
    MAX_AGE_FIELD_NUMBER: _ClassVar[int]
    DWELL_REMINDER_FIELD_NUMBER: _ClassVar[int]
    DAILY_VIEW_LIMIT_FIELD_NUMBER: _ClassVar[int]
    HYGIENE_FIELD_NUMBER: _ClassVar[int]
    name: str
    policy_code: str
    visibility: PoolVisibility
    time_zone: str
    new_lead_freeze: _duration_pb2.Duration
    daily_claim_limit: int
    opens_at: str
    max_holdings: int
    max_age: _duration_pb2.Duration
    dwell_reminder: _duration_pb2.Duration
    daily_view_limit: int
    hygiene: PoolHygiene
    def __init__(self, name: _Optional[str] = ..., policy_code: _Optional[str] = ..., visibility: _Optional[_Union[PoolVisibility, str]] = ..., time_zone: _Optional[str] = ..., new_lead_freeze: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., daily_claim_limit: _Optional[int] = ..., opens_at: _Optional[str] = ..., max_holdings: _Optional[int] = ..., max_age: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., dwell_reminder: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., daily_view_limit: _Optional[int] = ..., hygiene: _Optional[_Union[PoolHygiene, str]] = ...) -> None: ...

class UpdatePoolRequest(_message.Message):
    __slots__ = ("request_id", "pool_code", "settings", "update_mask")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    POOL_CODE_FIELD_NUMBER: _ClassVar[int]
    SETTINGS_FIELD_NUMBER: _ClassVar[int]
    UPDATE_MASK_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    pool_code: str
    settings: PoolSettings
    update_mask: _field_mask_pb2.FieldMask
    def __init__(self, request_id: _Optional[str] = ..., pool_code: _Optional[str] = ..., settings: _Optional[_Union[PoolSettings, _Mapping]] = ..., update_mask: _Optional[_Union[_field_mask_pb2.FieldMask, _Mapping]] = ...) -> None: ...

class UpdatePoolResponse(_message.Message):
    __slots__ = ("settings",)
    SETTINGS_FIELD_NUMBER: _ClassVar[int]
    settings: PoolSettings
    def __init__(self, settings: _Optional[_Union[PoolSettings, _Mapping]] = ...) -> None: ...

class SetPoolMembersRequest(_message.Message):
    __slots__ = ("request_id", "pool_code", "rep_codes", "team_codes")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    POOL_CODE_FIELD_NUMBER: _ClassVar[int]
    REP_CODES_FIELD_NUMBER: _ClassVar[int]
    TEAM_CODES_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    pool_code: str
    rep_codes: _containers.RepeatedScalarFieldContainer[str]
    team_codes: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, request_id: _Optional[str] = ..., pool_code: _Optional[str] = ..., rep_codes: _Optional[_Iterable[str]] = ..., team_codes: _Optional[_Iterable[str]] = ...) -> None: ...

class SetPoolMembersResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class GetPoolRequest(_message.Message):
    __slots__ = ("pool_code",)
    POOL_CODE_FIELD_NUMBER: _ClassVar[int]
    pool_code: str
    def __init__(self, pool_code: _Optional[str] = ...) -> None: ...

class GetPoolResponse(_message.Message):
    __slots__ = ("pool_id", "code", "settings", "rep_codes", "team_codes")
    POOL_ID_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    SETTINGS_FIELD_NUMBER: _ClassVar[int]
    REP_CODES_FIELD_NUMBER: _ClassVar[int]
    TEAM_CODES_FIELD_NUMBER: _ClassVar[int]
    pool_id: str
    code: str
    settings: PoolSettings
    rep_codes: _containers.RepeatedScalarFieldContainer[str]
    team_codes: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, pool_id: _Optional[str] = ..., code: _Optional[str] = ..., settings: _Optional[_Union[PoolSettings, _Mapping]] = ..., rep_codes: _Optional[_Iterable[str]] = ..., team_codes: _Optional[_Iterable[str]] = ...) -> None: ...

class DeletePoolRequest(_message.Message):
    __slots__ = ("request_id", "pool_code", "successor_code")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    POOL_CODE_FIELD_NUMBER: _ClassVar[int]
    SUCCESSOR_CODE_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    pool_code: str
    successor_code: str
    def __init__(self, request_id: _Optional[str] = ..., pool_code: _Optional[str] = ..., successor_code: _Optional[str] = ...) -> None: ...

class DeletePoolResponse(_message.Message):
    __slots__ = ("moved", "more_to_move")
    MOVED_FIELD_NUMBER: _ClassVar[int]
    MORE_TO_MOVE_FIELD_NUMBER: _ClassVar[int]
    moved: int
    more_to_move: bool
    def __init__(self, moved: _Optional[int] = ..., more_to_move: _Optional[bool] = ...) -> None: ...

class MoveLeadRequest(_message.Message):
    __slots__ = ("request_id", "lead_id", "pool_code")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    LEAD_ID_FIELD_NUMBER: _ClassVar[int]
    POOL_CODE_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    lead_id: str
    pool_code: str
    def __init__(self, request_id: _Optional[str] = ..., lead_id: _Optional[str] = ..., pool_code: _Optional[str] = ...) -> None: ...

class MoveLeadResponse(_message.Message):
    __slots__ = ("state",)
    STATE_FIELD_NUMBER: _ClassVar[int]
    state: _lead_pb2.LeadState
    def __init__(self, state: _Optional[_Union[_lead_pb2.LeadState, str]] = ...) -> None: ...

class RestLeadRequest(_message.Message):
    __slots__ = ("request_id", "lead_id", "resting_until")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    LEAD_ID_FIELD_NUMBER: _ClassVar[int]
    RESTING_UNTIL_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    lead_id: str
    resting_until: _timestamp_pb2.Timestamp
    def __init__(self, request_id: _Optional[str] = ..., lead_id: _Optional[str] = ..., resting_until: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class RestLeadResponse(_message.Message):
    __slots__ = ("resting_until",)
    RESTING_UNTIL_FIELD_NUMBER: _ClassVar[int]
    resting_until: _timestamp_pb2.Timestamp
    def __init__(self, resting_until: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ClaimNextRequest(_message.Message):
    __slots__ = ("request_id", "pool_code")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    POOL_CODE_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    pool_code: str
    def __init__(self, request_id: _Optional[str] = ..., pool_code: _Optional[str] = ...) -> None: ...

class ClaimNextResponse(_message.Message):
    __slots__ = ("holding",)
    HOLDING_FIELD_NUMBER: _ClassVar[int]
    holding: _holdings_pb2.Holding
    def __init__(self, holding: _Optional[_Union[_holdings_pb2.Holding, _Mapping]] = ...) -> None: ...

class ItemRefusal(_message.Message):
    __slots__ = ("reason", "message", "metadata")
    class MetadataEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    REASON_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    METADATA_FIELD_NUMBER: _ClassVar[int]
    reason: str
    message: str
    metadata: _containers.ScalarMap[str, str]
    def __init__(self, reason: _Optional[str] = ..., message: _Optional[str] = ..., metadata: _Optional[_Mapping[str, str]] = ...) -> None: ...

class HoldingOutcome(_message.Message):
    __slots__ = ("item_id", "holding", "refusal")
    ITEM_ID_FIELD_NUMBER: _ClassVar[int]
    HOLDING_FIELD_NUMBER: _ClassVar[int]
    REFUSAL_FIELD_NUMBER: _ClassVar[int]
    item_id: str
    holding: _holdings_pb2.Holding
    refusal: ItemRefusal
    def __init__(self, item_id: _Optional[str] = ..., holding: _Optional[_Union[_holdings_pb2.Holding, _Mapping]] = ..., refusal: _Optional[_Union[ItemRefusal, _Mapping]] = ...) -> None: ...

class StateOutcome(_message.Message):
    __slots__ = ("item_id", "state", "refusal")
    ITEM_ID_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    REFUSAL_FIELD_NUMBER: _ClassVar[int]
    item_id: str
    state: _lead_pb2.LeadState
    refusal: ItemRefusal
    def __init__(self, item_id: _Optional[str] = ..., state: _Optional[_Union[_lead_pb2.LeadState, str]] = ..., refusal: _Optional[_Union[ItemRefusal, _Mapping]] = ...) -> None: ...

class ClaimLeadsRequest(_message.Message):
    __slots__ = ("request_id", "lead_ids")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    LEAD_IDS_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    lead_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, request_id: _Optional[str] = ..., lead_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class ClaimLeadsResponse(_message.Message):
    __slots__ = ("outcomes",)
    OUTCOMES_FIELD_NUMBER: _ClassVar[int]
    outcomes: _containers.RepeatedCompositeFieldContainer[HoldingOutcome]
    def __init__(self, outcomes: _Optional[_Iterable[_Union[HoldingOutcome, _Mapping]]] = ...) -> None: ...

class LeadAssignment(_message.Message):
    __slots__ = ("lead_id", "rep_code")
    LEAD_ID_FIELD_NUMBER: _ClassVar[int]
    REP_CODE_FIELD_NUMBER: _ClassVar[int]
    lead_id: str
    rep_code: str
    def __init__(self, lead_id: _Optional[str] = ..., rep_code: _Optional[str] = ...) -> None: ...

class AssignLeadsRequest(_message.Message):
    __slots__ = ("request_id", "items")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    items: _containers.RepeatedCompositeFieldContainer[LeadAssignment]
    def __init__(self, request_id: _Optional[str] = ..., items: _Optional[_Iterable[_Union[LeadAssignment, _Mapping]]] = ...) -> None: ...

class AssignLeadsResponse(_message.Message):
    __slots__ = ("outcomes",)
    OUTCOMES_FIELD_NUMBER: _ClassVar[int]
    outcomes: _containers.RepeatedCompositeFieldContainer[HoldingOutcome]
    def __init__(self, outcomes: _Optional[_Iterable[_Union[HoldingOutcome, _Mapping]]] = ...) -> None: ...

class ReturnLeadsRequest(_message.Message):
    __slots__ = ("request_id", "holding_ids", "reason", "resting_until")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    HOLDING_IDS_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    RESTING_UNTIL_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    holding_ids: _containers.RepeatedScalarFieldContainer[str]
    reason: str
    resting_until: _timestamp_pb2.Timestamp
    def __init__(self, request_id: _Optional[str] = ..., holding_ids: _Optional[_Iterable[str]] = ..., reason: _Optional[str] = ..., resting_until: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ReturnLeadsResponse(_message.Message):
    __slots__ = ("outcomes",)
    OUTCOMES_FIELD_NUMBER: _ClassVar[int]
    outcomes: _containers.RepeatedCompositeFieldContainer[StateOutcome]
    def __init__(self, outcomes: _Optional[_Iterable[_Union[StateOutcome, _Mapping]]] = ...) -> None: ...

class HoldingTransfer(_message.Message):
    __slots__ = ("holding_id", "rep_code")
    HOLDING_ID_FIELD_NUMBER: _ClassVar[int]
    REP_CODE_FIELD_NUMBER: _ClassVar[int]
    holding_id: str
    rep_code: str
    def __init__(self, holding_id: _Optional[str] = ..., rep_code: _Optional[str] = ...) -> None: ...

class TransferLeadsRequest(_message.Message):
    __slots__ = ("request_id", "items")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    items: _containers.RepeatedCompositeFieldContainer[HoldingTransfer]
    def __init__(self, request_id: _Optional[str] = ..., items: _Optional[_Iterable[_Union[HoldingTransfer, _Mapping]]] = ...) -> None: ...

class TransferLeadsResponse(_message.Message):
    __slots__ = ("outcomes",)
    OUTCOMES_FIELD_NUMBER: _ClassVar[int]
    outcomes: _containers.RepeatedCompositeFieldContainer[HoldingOutcome]
    def __init__(self, outcomes: _Optional[_Iterable[_Union[HoldingOutcome, _Mapping]]] = ...) -> None: ...
