import datetime

from buf.validate import validate_pb2 as _validate_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class OpportunityState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    OPPORTUNITY_STATE_UNSPECIFIED: _ClassVar[OpportunityState]
    OPPORTUNITY_STATE_OPEN: _ClassVar[OpportunityState]
    OPPORTUNITY_STATE_WON: _ClassVar[OpportunityState]
    OPPORTUNITY_STATE_LOST: _ClassVar[OpportunityState]
OPPORTUNITY_STATE_UNSPECIFIED: OpportunityState
OPPORTUNITY_STATE_OPEN: OpportunityState
OPPORTUNITY_STATE_WON: OpportunityState
OPPORTUNITY_STATE_LOST: OpportunityState

class Opportunity(_message.Message):
    __slots__ = ("opportunity_id", "account_id", "owner_id", "amount_minor", "currency", "product", "state", "reason", "created_at", "closed_at", "closed_by")
    OPPORTUNITY_ID_FIELD_NUMBER: _ClassVar[int]
    ACCOUNT_ID_FIELD_NUMBER: _ClassVar[int]
    OWNER_ID_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_MINOR_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    CREATED_AT_FIELD_NUMBER: _ClassVar[int]
    CLOSED_AT_FIELD_NUMBER: _ClassVar[int]
    CLOSED_BY_FIELD_NUMBER: _ClassVar[int]
    opportunity_id: str
    account_id: str
    owner_id: str
    amount_minor: int
    currency: str
    product: str
    state: OpportunityState
    reason: str
    created_at: _timestamp_pb2.Timestamp
    closed_at: _timestamp_pb2.Timestamp
    closed_by: str
    def __init__(self, opportunity_id: _Optional[str] = ..., account_id: _Optional[str] = ..., owner_id: _Optional[str] = ..., amount_minor: _Optional[int] = ..., currency: _Optional[str] = ..., product: _Optional[str] = ..., state: _Optional[_Union[OpportunityState, str]] = ..., reason: _Optional[str] = ..., created_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., closed_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., closed_by: _Optional[str] = ...) -> None: ...

class CloseOpportunityRequest(_message.Message):
    __slots__ = ("request_id", "opportunity_id", "outcome", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    OPPORTUNITY_ID_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    opportunity_id: str
    outcome: OpportunityState
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., opportunity_id: _Optional[str] = ..., outcome: _Optional[_Union[OpportunityState, str]] = ..., reason: _Optional[str] = ...) -> None: ...

class CloseOpportunityResponse(_message.Message):
    __slots__ = ("opportunity",)
    OPPORTUNITY_FIELD_NUMBER: _ClassVar[int]
    opportunity: Opportunity
    def __init__(self, opportunity: _Optional[_Union[Opportunity, _Mapping]] = ...) -> None: ...

class GetOpportunityRequest(_message.Message):
    __slots__ = ("opportunity_id",)
    OPPORTUNITY_ID_FIELD_NUMBER: _ClassVar[int]
    opportunity_id: str
    def __init__(self, opportunity_id: _Optional[str] = ...) -> None: ...

class GetOpportunityResponse(_message.Message):
    __slots__ = ("opportunity",)
    OPPORTUNITY_FIELD_NUMBER: _ClassVar[int]
    opportunity: Opportunity
    def __init__(self, opportunity: _Optional[_Union[Opportunity, _Mapping]] = ...) -> None: ...

class MarkOwnersToldRequest(_message.Message):
    __slots__ = ("request_id", "conversion_id", "version")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    CONVERSION_ID_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    conversion_id: str
    version: int
    def __init__(self, request_id: _Optional[str] = ..., conversion_id: _Optional[str] = ..., version: _Optional[int] = ...) -> None: ...

class MarkOwnersToldResponse(_message.Message):
    __slots__ = ("told_version",)
    TOLD_VERSION_FIELD_NUMBER: _ClassVar[int]
    told_version: int
    def __init__(self, told_version: _Optional[int] = ...) -> None: ...
