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

class NoticeKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    NOTICE_KIND_UNSPECIFIED: _ClassVar[NoticeKind]
    NOTICE_KIND_REMINDER: _ClassVar[NoticeKind]
    NOTICE_KIND_FIRST_RESPONSE_DUTY: _ClassVar[NoticeKind]
    NOTICE_KIND_ASSIGNED: _ClassVar[NoticeKind]
    NOTICE_KIND_RECALLED: _ClassVar[NoticeKind]
    NOTICE_KIND_RECLAIMED: _ClassVar[NoticeKind]
    NOTICE_KIND_TRANSFERRED: _ClassVar[NoticeKind]
    NOTICE_KIND_REENQUIRY: _ClassVar[NoticeKind]
    NOTICE_KIND_MATURITY: _ClassVar[NoticeKind]
    NOTICE_KIND_EXTENSION_REQUESTED: _ClassVar[NoticeKind]
    NOTICE_KIND_EXTENSION_DECIDED: _ClassVar[NoticeKind]
    NOTICE_KIND_LONG_LEAVE: _ClassVar[NoticeKind]
    NOTICE_KIND_POOL_DWELL: _ClassVar[NoticeKind]
    NOTICE_KIND_FOLLOW_UP_VOIDED: _ClassVar[NoticeKind]
    NOTICE_KIND_PLAN_DUE: _ClassVar[NoticeKind]
    NOTICE_KIND_REBASED: _ClassVar[NoticeKind]
    NOTICE_KIND_UNASSIGNED: _ClassVar[NoticeKind]
    NOTICE_KIND_REP_INACTIVE: _ClassVar[NoticeKind]
NOTICE_KIND_UNSPECIFIED: NoticeKind
NOTICE_KIND_REMINDER: NoticeKind
NOTICE_KIND_FIRST_RESPONSE_DUTY: NoticeKind
NOTICE_KIND_ASSIGNED: NoticeKind
NOTICE_KIND_RECALLED: NoticeKind
NOTICE_KIND_RECLAIMED: NoticeKind
NOTICE_KIND_TRANSFERRED: NoticeKind
NOTICE_KIND_REENQUIRY: NoticeKind
NOTICE_KIND_MATURITY: NoticeKind
NOTICE_KIND_EXTENSION_REQUESTED: NoticeKind
NOTICE_KIND_EXTENSION_DECIDED: NoticeKind
NOTICE_KIND_LONG_LEAVE: NoticeKind
NOTICE_KIND_POOL_DWELL: NoticeKind
NOTICE_KIND_FOLLOW_UP_VOIDED: NoticeKind
NOTICE_KIND_PLAN_DUE: NoticeKind
NOTICE_KIND_REBASED: NoticeKind
NOTICE_KIND_UNASSIGNED: NoticeKind
NOTICE_KIND_REP_INACTIVE: NoticeKind

class Notice(_message.Message):
    __slots__ = ("notice_id", "kind", "step", "rep_code", "pool_code", "lead_id", "holding_id", "due_at", "reason", "created_at", "acknowledged_at", "team_code")
    NOTICE_ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    STEP_FIELD_NUMBER: _ClassVar[int]
    REP_CODE_FIELD_NUMBER: _ClassVar[int]
    POOL_CODE_FIELD_NUMBER: _ClassVar[int]
    LEAD_ID_FIELD_NUMBER: _ClassVar[int]
    HOLDING_ID_FIELD_NUMBER: _ClassVar[int]
    DUE_AT_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    CREATED_AT_FIELD_NUMBER: _ClassVar[int]
    ACKNOWLEDGED_AT_FIELD_NUMBER: _ClassVar[int]
    TEAM_CODE_FIELD_NUMBER: _ClassVar[int]
    notice_id: str
    kind: NoticeKind
    step: str
    rep_code: str
    pool_code: str
    lead_id: str
    holding_id: str
    due_at: _timestamp_pb2.Timestamp
    reason: str
    created_at: _timestamp_pb2.Timestamp
    acknowledged_at: _timestamp_pb2.Timestamp
    team_code: str
    def __init__(self, notice_id: _Optional[str] = ..., kind: _Optional[_Union[NoticeKind, str]] = ..., step: _Optional[str] = ..., rep_code: _Optional[str] = ..., pool_code: _Optional[str] = ..., lead_id: _Optional[str] = ..., holding_id: _Optional[str] = ..., due_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., reason: _Optional[str] = ..., created_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., acknowledged_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., team_code: _Optional[str] = ...) -> None: ...

class ListNoticesRequest(_message.Message):
    __slots__ = ("page_size", "page_token", "rep_code", "pool_code", "open_only", "team_code")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    REP_CODE_FIELD_NUMBER: _ClassVar[int]
    POOL_CODE_FIELD_NUMBER: _ClassVar[int]
    OPEN_ONLY_FIELD_NUMBER: _ClassVar[int]
    TEAM_CODE_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    rep_code: str
    pool_code: str
    open_only: bool
    team_code: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., rep_code: _Optional[str] = ..., pool_code: _Optional[str] = ..., open_only: _Optional[bool] = ..., team_code: _Optional[str] = ...) -> None: ...

class ListNoticesResponse(_message.Message):
    __slots__ = ("notices", "next_page_token")
    NOTICES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    notices: _containers.RepeatedCompositeFieldContainer[Notice]
    next_page_token: str
    def __init__(self, notices: _Optional[_Iterable[_Union[Notice, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class AcknowledgeNoticeRequest(_message.Message):
    __slots__ = ("request_id", "notice_id")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    NOTICE_ID_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    notice_id: str
    def __init__(self, request_id: _Optional[str] = ..., notice_id: _Optional[str] = ...) -> None: ...

class AcknowledgeNoticeResponse(_message.Message):
    __slots__ = ("notice",)
    NOTICE_FIELD_NUMBER: _ClassVar[int]
    notice: Notice
    def __init__(self, notice: _Optional[_Union[Notice, _Mapping]] = ...) -> None: ...
