import datetime

from buf.validate import validate_pb2 as _validate_pb2
from clew.lead.v1 import lead_pb2 as _lead_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ListUnassignedRequest(_message.Message):
    __slots__ = ("page_size", "page_token", "team_code", "pool_code")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    TEAM_CODE_FIELD_NUMBER: _ClassVar[int]
    POOL_CODE_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    team_code: str
    pool_code: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., team_code: _Optional[str] = ..., pool_code: _Optional[str] = ...) -> None: ...

class UnassignedLead(_message.Message):
    __slots__ = ("lead_id", "facts", "reason", "unassigned_at", "home_pool_code", "team_code", "retry_at", "holdings", "reenquiries")
    LEAD_ID_FIELD_NUMBER: _ClassVar[int]
    FACTS_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    UNASSIGNED_AT_FIELD_NUMBER: _ClassVar[int]
    HOME_POOL_CODE_FIELD_NUMBER: _ClassVar[int]
    TEAM_CODE_FIELD_NUMBER: _ClassVar[int]
    RETRY_AT_FIELD_NUMBER: _ClassVar[int]
    HOLDINGS_FIELD_NUMBER: _ClassVar[int]
    REENQUIRIES_FIELD_NUMBER: _ClassVar[int]
    lead_id: str
    facts: _lead_pb2.LeadFacts
    reason: str
    unassigned_at: _timestamp_pb2.Timestamp
    home_pool_code: str
    team_code: str
    retry_at: _timestamp_pb2.Timestamp
    holdings: int
    reenquiries: int
    def __init__(self, lead_id: _Optional[str] = ..., facts: _Optional[_Union[_lead_pb2.LeadFacts, _Mapping]] = ..., reason: _Optional[str] = ..., unassigned_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., home_pool_code: _Optional[str] = ..., team_code: _Optional[str] = ..., retry_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., holdings: _Optional[int] = ..., reenquiries: _Optional[int] = ...) -> None: ...

class ListUnassignedResponse(_message.Message):
    __slots__ = ("leads", "next_page_token")
    LEADS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    leads: _containers.RepeatedCompositeFieldContainer[UnassignedLead]
    next_page_token: str
    def __init__(self, leads: _Optional[_Iterable[_Union[UnassignedLead, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...
