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

class ConversionState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CONVERSION_STATE_UNSPECIFIED: _ClassVar[ConversionState]
    CONVERSION_STATE_REQUESTED: _ClassVar[ConversionState]
    CONVERSION_STATE_COMMITTED: _ClassVar[ConversionState]
    CONVERSION_STATE_COMPLETED: _ClassVar[ConversionState]
    CONVERSION_STATE_REFUSED: _ClassVar[ConversionState]
    CONVERSION_STATE_ABANDONED: _ClassVar[ConversionState]

class ConversionTask(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CONVERSION_TASK_UNSPECIFIED: _ClassVar[ConversionTask]
    CONVERSION_TASK_COMMIT: _ClassVar[ConversionTask]
    CONVERSION_TASK_FINISH: _ClassVar[ConversionTask]
    CONVERSION_TASK_NONE: _ClassVar[ConversionTask]
    CONVERSION_TASK_TELL: _ClassVar[ConversionTask]

class AbandonCause(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ABANDON_CAUSE_UNSPECIFIED: _ClassVar[AbandonCause]
    ABANDON_CAUSE_LEASE_REFUSED: _ClassVar[AbandonCause]
    ABANDON_CAUSE_LEASE_ENDED: _ClassVar[AbandonCause]
CONVERSION_STATE_UNSPECIFIED: ConversionState
CONVERSION_STATE_REQUESTED: ConversionState
CONVERSION_STATE_COMMITTED: ConversionState
CONVERSION_STATE_COMPLETED: ConversionState
CONVERSION_STATE_REFUSED: ConversionState
CONVERSION_STATE_ABANDONED: ConversionState
CONVERSION_TASK_UNSPECIFIED: ConversionTask
CONVERSION_TASK_COMMIT: ConversionTask
CONVERSION_TASK_FINISH: ConversionTask
CONVERSION_TASK_NONE: ConversionTask
CONVERSION_TASK_TELL: ConversionTask
ABANDON_CAUSE_UNSPECIFIED: AbandonCause
ABANDON_CAUSE_LEASE_REFUSED: AbandonCause
ABANDON_CAUSE_LEASE_ENDED: AbandonCause

class NewOpportunity(_message.Message):
    __slots__ = ("amount_minor", "currency", "product")
    AMOUNT_MINOR_FIELD_NUMBER: _ClassVar[int]
    CURRENCY_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_FIELD_NUMBER: _ClassVar[int]
    amount_minor: int
    currency: str
    product: str
    def __init__(self, amount_minor: _Optional[int] = ..., currency: _Optional[str] = ..., product: _Optional[str] = ...) -> None: ...

class ConvertLeadRequest(_message.Message):
    __slots__ = ("request_id", "lead_id", "holding_id", "epoch", "existing_account_id", "new_account", "existing_opportunity_id", "new_opportunity")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    LEAD_ID_FIELD_NUMBER: _ClassVar[int]
    HOLDING_ID_FIELD_NUMBER: _ClassVar[int]
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    EXISTING_ACCOUNT_ID_FIELD_NUMBER: _ClassVar[int]
    NEW_ACCOUNT_FIELD_NUMBER: _ClassVar[int]
    EXISTING_OPPORTUNITY_ID_FIELD_NUMBER: _ClassVar[int]
    NEW_OPPORTUNITY_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    lead_id: str
    holding_id: str
    epoch: int
    existing_account_id: str
    new_account: bool
    existing_opportunity_id: str
    new_opportunity: NewOpportunity
    def __init__(self, request_id: _Optional[str] = ..., lead_id: _Optional[str] = ..., holding_id: _Optional[str] = ..., epoch: _Optional[int] = ..., existing_account_id: _Optional[str] = ..., new_account: _Optional[bool] = ..., existing_opportunity_id: _Optional[str] = ..., new_opportunity: _Optional[_Union[NewOpportunity, _Mapping]] = ...) -> None: ...

class Conversion(_message.Message):
    __slots__ = ("conversion_id", "lead_id", "holding_id", "state", "account_id", "contact_id", "opportunity_id", "account_created", "converter_id", "reason", "requested_at", "committed_at", "completed_at")
    CONVERSION_ID_FIELD_NUMBER: _ClassVar[int]
    LEAD_ID_FIELD_NUMBER: _ClassVar[int]
    HOLDING_ID_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    ACCOUNT_ID_FIELD_NUMBER: _ClassVar[int]
    CONTACT_ID_FIELD_NUMBER: _ClassVar[int]
    OPPORTUNITY_ID_FIELD_NUMBER: _ClassVar[int]
    ACCOUNT_CREATED_FIELD_NUMBER: _ClassVar[int]
    CONVERTER_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    REQUESTED_AT_FIELD_NUMBER: _ClassVar[int]
    COMMITTED_AT_FIELD_NUMBER: _ClassVar[int]
    COMPLETED_AT_FIELD_NUMBER: _ClassVar[int]
    conversion_id: str
    lead_id: str
    holding_id: str
    state: ConversionState
    account_id: str
    contact_id: str
    opportunity_id: str
    account_created: bool
    converter_id: str
    reason: str
    requested_at: _timestamp_pb2.Timestamp
    committed_at: _timestamp_pb2.Timestamp
    completed_at: _timestamp_pb2.Timestamp
    def __init__(self, conversion_id: _Optional[str] = ..., lead_id: _Optional[str] = ..., holding_id: _Optional[str] = ..., state: _Optional[_Union[ConversionState, str]] = ..., account_id: _Optional[str] = ..., contact_id: _Optional[str] = ..., opportunity_id: _Optional[str] = ..., account_created: _Optional[bool] = ..., converter_id: _Optional[str] = ..., reason: _Optional[str] = ..., requested_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., committed_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., completed_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ConvertLeadResponse(_message.Message):
    __slots__ = ("conversion",)
    CONVERSION_FIELD_NUMBER: _ClassVar[int]
    conversion: Conversion
    def __init__(self, conversion: _Optional[_Union[Conversion, _Mapping]] = ...) -> None: ...

class GetConversionRequest(_message.Message):
    __slots__ = ("conversion_id", "lead_id")
    CONVERSION_ID_FIELD_NUMBER: _ClassVar[int]
    LEAD_ID_FIELD_NUMBER: _ClassVar[int]
    conversion_id: str
    lead_id: str
    def __init__(self, conversion_id: _Optional[str] = ..., lead_id: _Optional[str] = ...) -> None: ...

class GetConversionResponse(_message.Message):
    __slots__ = ("conversion",)
    CONVERSION_FIELD_NUMBER: _ClassVar[int]
    conversion: Conversion
    def __init__(self, conversion: _Optional[_Union[Conversion, _Mapping]] = ...) -> None: ...

class GetWorkRequest(_message.Message):
    __slots__ = ("conversion_id",)
    CONVERSION_ID_FIELD_NUMBER: _ClassVar[int]
    conversion_id: str
    def __init__(self, conversion_id: _Optional[str] = ...) -> None: ...

class GetWorkResponse(_message.Message):
    __slots__ = ("task", "conversion", "epoch", "by_manager", "account_owner_id", "opportunity_owners", "opportunities_version")
    TASK_FIELD_NUMBER: _ClassVar[int]
    CONVERSION_FIELD_NUMBER: _ClassVar[int]
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    BY_MANAGER_FIELD_NUMBER: _ClassVar[int]
    ACCOUNT_OWNER_ID_FIELD_NUMBER: _ClassVar[int]
    OPPORTUNITY_OWNERS_FIELD_NUMBER: _ClassVar[int]
    OPPORTUNITIES_VERSION_FIELD_NUMBER: _ClassVar[int]
    task: ConversionTask
    conversion: Conversion
    epoch: int
    by_manager: bool
    account_owner_id: str
    opportunity_owners: _containers.RepeatedScalarFieldContainer[str]
    opportunities_version: int
    def __init__(self, task: _Optional[_Union[ConversionTask, str]] = ..., conversion: _Optional[_Union[Conversion, _Mapping]] = ..., epoch: _Optional[int] = ..., by_manager: _Optional[bool] = ..., account_owner_id: _Optional[str] = ..., opportunity_owners: _Optional[_Iterable[str]] = ..., opportunities_version: _Optional[int] = ...) -> None: ...

class CommitConversionRequest(_message.Message):
    __slots__ = ("request_id", "conversion_id", "rep_id", "matched_account_id", "matched_contact_id", "organisation_id", "person_id", "facts")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    CONVERSION_ID_FIELD_NUMBER: _ClassVar[int]
    REP_ID_FIELD_NUMBER: _ClassVar[int]
    MATCHED_ACCOUNT_ID_FIELD_NUMBER: _ClassVar[int]
    MATCHED_CONTACT_ID_FIELD_NUMBER: _ClassVar[int]
    ORGANISATION_ID_FIELD_NUMBER: _ClassVar[int]
    PERSON_ID_FIELD_NUMBER: _ClassVar[int]
    FACTS_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    conversion_id: str
    rep_id: str
    matched_account_id: str
    matched_contact_id: str
    organisation_id: str
    person_id: str
    facts: _lead_pb2.LeadFacts
    def __init__(self, request_id: _Optional[str] = ..., conversion_id: _Optional[str] = ..., rep_id: _Optional[str] = ..., matched_account_id: _Optional[str] = ..., matched_contact_id: _Optional[str] = ..., organisation_id: _Optional[str] = ..., person_id: _Optional[str] = ..., facts: _Optional[_Union[_lead_pb2.LeadFacts, _Mapping]] = ...) -> None: ...

class CommitConversionResponse(_message.Message):
    __slots__ = ("conversion",)
    CONVERSION_FIELD_NUMBER: _ClassVar[int]
    conversion: Conversion
    def __init__(self, conversion: _Optional[_Union[Conversion, _Mapping]] = ...) -> None: ...

class AbandonConversionRequest(_message.Message):
    __slots__ = ("request_id", "conversion_id", "cause", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    CONVERSION_ID_FIELD_NUMBER: _ClassVar[int]
    CAUSE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    conversion_id: str
    cause: AbandonCause
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., conversion_id: _Optional[str] = ..., cause: _Optional[_Union[AbandonCause, str]] = ..., reason: _Optional[str] = ...) -> None: ...

class AbandonConversionResponse(_message.Message):
    __slots__ = ("conversion",)
    CONVERSION_FIELD_NUMBER: _ClassVar[int]
    conversion: Conversion
    def __init__(self, conversion: _Optional[_Union[Conversion, _Mapping]] = ...) -> None: ...

class CompleteConversionRequest(_message.Message):
    __slots__ = ("request_id", "conversion_id", "told_version")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    CONVERSION_ID_FIELD_NUMBER: _ClassVar[int]
    TOLD_VERSION_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    conversion_id: str
    told_version: int
    def __init__(self, request_id: _Optional[str] = ..., conversion_id: _Optional[str] = ..., told_version: _Optional[int] = ...) -> None: ...

class CompleteConversionResponse(_message.Message):
    __slots__ = ("conversion",)
    CONVERSION_FIELD_NUMBER: _ClassVar[int]
    conversion: Conversion
    def __init__(self, conversion: _Optional[_Union[Conversion, _Mapping]] = ...) -> None: ...

class SetAccessRequest(_message.Message):
    __slots__ = ("request_id", "lead_id", "holder_id", "epoch", "hidden", "access_version", "collaborator_ids")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    LEAD_ID_FIELD_NUMBER: _ClassVar[int]
    HOLDER_ID_FIELD_NUMBER: _ClassVar[int]
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    HIDDEN_FIELD_NUMBER: _ClassVar[int]
    ACCESS_VERSION_FIELD_NUMBER: _ClassVar[int]
    COLLABORATOR_IDS_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    lead_id: str
    holder_id: str
    epoch: int
    hidden: bool
    access_version: int
    collaborator_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, request_id: _Optional[str] = ..., lead_id: _Optional[str] = ..., holder_id: _Optional[str] = ..., epoch: _Optional[int] = ..., hidden: _Optional[bool] = ..., access_version: _Optional[int] = ..., collaborator_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class SetAccessResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

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
