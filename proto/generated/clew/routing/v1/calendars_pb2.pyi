import datetime

from buf.validate import validate_pb2 as _validate_pb2
from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class DateKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DATE_KIND_UNSPECIFIED: _ClassVar[DateKind]
    DATE_KIND_WORKING: _ClassVar[DateKind]
    DATE_KIND_WEEKEND: _ClassVar[DateKind]
    DATE_KIND_HOLIDAY: _ClassVar[DateKind]
    DATE_KIND_MAKE_UP: _ClassVar[DateKind]

class LeaveState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    LEAVE_STATE_UNSPECIFIED: _ClassVar[LeaveState]
    LEAVE_STATE_APPROVED: _ClassVar[LeaveState]
    LEAVE_STATE_CANCELLED: _ClassVar[LeaveState]
DATE_KIND_UNSPECIFIED: DateKind
DATE_KIND_WORKING: DateKind
DATE_KIND_WEEKEND: DateKind
DATE_KIND_HOLIDAY: DateKind
DATE_KIND_MAKE_UP: DateKind
LEAVE_STATE_UNSPECIFIED: LeaveState
LEAVE_STATE_APPROVED: LeaveState
LEAVE_STATE_CANCELLED: LeaveState

class WeekdayHours(_message.Message):
    __slots__ = ("weekday", "spans")
    WEEKDAY_FIELD_NUMBER: _ClassVar[int]
    SPANS_FIELD_NUMBER: _ClassVar[int]
    weekday: int
    spans: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, weekday: _Optional[int] = ..., spans: _Optional[_Iterable[str]] = ...) -> None: ...

class ImportedDate(_message.Message):
    __slots__ = ("date", "kind", "name", "spans")
    DATE_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    SPANS_FIELD_NUMBER: _ClassVar[int]
    date: str
    kind: DateKind
    name: str
    spans: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, date: _Optional[str] = ..., kind: _Optional[_Union[DateKind, str]] = ..., name: _Optional[str] = ..., spans: _Optional[_Iterable[str]] = ...) -> None: ...

class ImportCalendarRequest(_message.Message):
    __slots__ = ("request_id", "code", "name", "zone", "extends", "week", "days", "published_years")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    ZONE_FIELD_NUMBER: _ClassVar[int]
    EXTENDS_FIELD_NUMBER: _ClassVar[int]
    WEEK_FIELD_NUMBER: _ClassVar[int]
    DAYS_FIELD_NUMBER: _ClassVar[int]
    PUBLISHED_YEARS_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    code: str
    name: str
    zone: str
    extends: str
    week: _containers.RepeatedCompositeFieldContainer[WeekdayHours]
    days: _containers.RepeatedCompositeFieldContainer[ImportedDate]
    published_years: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, request_id: _Optional[str] = ..., code: _Optional[str] = ..., name: _Optional[str] = ..., zone: _Optional[str] = ..., extends: _Optional[str] = ..., week: _Optional[_Iterable[_Union[WeekdayHours, _Mapping]]] = ..., days: _Optional[_Iterable[_Union[ImportedDate, _Mapping]]] = ..., published_years: _Optional[_Iterable[int]] = ...) -> None: ...

class ImportCalendarResponse(_message.Message):
    __slots__ = ("calendar_version", "extended_versions")
    CALENDAR_VERSION_FIELD_NUMBER: _ClassVar[int]
    EXTENDED_VERSIONS_FIELD_NUMBER: _ClassVar[int]
    calendar_version: str
    extended_versions: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, calendar_version: _Optional[str] = ..., extended_versions: _Optional[_Iterable[str]] = ...) -> None: ...

class GetCalendarRequest(_message.Message):
    __slots__ = ("code", "version", "from_date", "to_date")
    CODE_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    FROM_DATE_FIELD_NUMBER: _ClassVar[int]
    TO_DATE_FIELD_NUMBER: _ClassVar[int]
    code: str
    version: int
    from_date: str
    to_date: str
    def __init__(self, code: _Optional[str] = ..., version: _Optional[int] = ..., from_date: _Optional[str] = ..., to_date: _Optional[str] = ...) -> None: ...

class Calendar(_message.Message):
    __slots__ = ("code", "version", "name", "zone", "extends", "week", "published_years", "exceptions", "published_at", "published_by")
    CODE_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    ZONE_FIELD_NUMBER: _ClassVar[int]
    EXTENDS_FIELD_NUMBER: _ClassVar[int]
    WEEK_FIELD_NUMBER: _ClassVar[int]
    PUBLISHED_YEARS_FIELD_NUMBER: _ClassVar[int]
    EXCEPTIONS_FIELD_NUMBER: _ClassVar[int]
    PUBLISHED_AT_FIELD_NUMBER: _ClassVar[int]
    PUBLISHED_BY_FIELD_NUMBER: _ClassVar[int]
    code: str
    version: int
    name: str
    zone: str
    extends: str
    week: _containers.RepeatedCompositeFieldContainer[WeekdayHours]
    published_years: _containers.RepeatedScalarFieldContainer[int]
    exceptions: int
    published_at: _timestamp_pb2.Timestamp
    published_by: str
    def __init__(self, code: _Optional[str] = ..., version: _Optional[int] = ..., name: _Optional[str] = ..., zone: _Optional[str] = ..., extends: _Optional[str] = ..., week: _Optional[_Iterable[_Union[WeekdayHours, _Mapping]]] = ..., published_years: _Optional[_Iterable[int]] = ..., exceptions: _Optional[int] = ..., published_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., published_by: _Optional[str] = ...) -> None: ...

class CalendarDate(_message.Message):
    __slots__ = ("date", "kind", "name", "spans", "provisional")
    DATE_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    SPANS_FIELD_NUMBER: _ClassVar[int]
    PROVISIONAL_FIELD_NUMBER: _ClassVar[int]
    date: str
    kind: DateKind
    name: str
    spans: _containers.RepeatedScalarFieldContainer[str]
    provisional: bool
    def __init__(self, date: _Optional[str] = ..., kind: _Optional[_Union[DateKind, str]] = ..., name: _Optional[str] = ..., spans: _Optional[_Iterable[str]] = ..., provisional: _Optional[bool] = ...) -> None: ...

class GetCalendarResponse(_message.Message):
    __slots__ = ("calendar", "dates")
    CALENDAR_FIELD_NUMBER: _ClassVar[int]
    DATES_FIELD_NUMBER: _ClassVar[int]
    calendar: Calendar
    dates: _containers.RepeatedCompositeFieldContainer[CalendarDate]
    def __init__(self, calendar: _Optional[_Union[Calendar, _Mapping]] = ..., dates: _Optional[_Iterable[_Union[CalendarDate, _Mapping]]] = ...) -> None: ...

class ListCalendarsRequest(_message.Message):
    __slots__ = ("page_size", "page_token")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListCalendarsResponse(_message.Message):
    __slots__ = ("calendars", "next_page_token")
    CALENDARS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    calendars: _containers.RepeatedCompositeFieldContainer[Calendar]
    next_page_token: str
    def __init__(self, calendars: _Optional[_Iterable[_Union[Calendar, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class ComputeDeadlineRequest(_message.Message):
    __slots__ = ("calendar_code", "start", "working_time", "working_days", "elapsed", "rep_code")
    CALENDAR_CODE_FIELD_NUMBER: _ClassVar[int]
    START_FIELD_NUMBER: _ClassVar[int]
    WORKING_TIME_FIELD_NUMBER: _ClassVar[int]
    WORKING_DAYS_FIELD_NUMBER: _ClassVar[int]
    ELAPSED_FIELD_NUMBER: _ClassVar[int]
    REP_CODE_FIELD_NUMBER: _ClassVar[int]
    calendar_code: str
    start: _timestamp_pb2.Timestamp
    working_time: _duration_pb2.Duration
    working_days: int
    elapsed: _duration_pb2.Duration
    rep_code: str
    def __init__(self, calendar_code: _Optional[str] = ..., start: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., working_time: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., working_days: _Optional[int] = ..., elapsed: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., rep_code: _Optional[str] = ...) -> None: ...

class CalendarStop(_message.Message):
    __slots__ = ("starts_at", "ends_at", "why")
    STARTS_AT_FIELD_NUMBER: _ClassVar[int]
    ENDS_AT_FIELD_NUMBER: _ClassVar[int]
    WHY_FIELD_NUMBER: _ClassVar[int]
    starts_at: _timestamp_pb2.Timestamp
    ends_at: _timestamp_pb2.Timestamp
    why: str
    def __init__(self, starts_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., ends_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., why: _Optional[str] = ...) -> None: ...

class ComputeDeadlineResponse(_message.Message):
    __slots__ = ("deadline", "passed_over", "provisional_years", "calendar_version", "zone")
    DEADLINE_FIELD_NUMBER: _ClassVar[int]
    PASSED_OVER_FIELD_NUMBER: _ClassVar[int]
    PROVISIONAL_YEARS_FIELD_NUMBER: _ClassVar[int]
    CALENDAR_VERSION_FIELD_NUMBER: _ClassVar[int]
    ZONE_FIELD_NUMBER: _ClassVar[int]
    deadline: _timestamp_pb2.Timestamp
    passed_over: _containers.RepeatedCompositeFieldContainer[CalendarStop]
    provisional_years: _containers.RepeatedScalarFieldContainer[int]
    calendar_version: str
    zone: str
    def __init__(self, deadline: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., passed_over: _Optional[_Iterable[_Union[CalendarStop, _Mapping]]] = ..., provisional_years: _Optional[_Iterable[int]] = ..., calendar_version: _Optional[str] = ..., zone: _Optional[str] = ...) -> None: ...

class Leave(_message.Message):
    __slots__ = ("leave_id", "rep_code", "starts_at", "ends_at", "state", "approved_by", "approved_at", "cancelled_by", "cancelled_at")
    LEAVE_ID_FIELD_NUMBER: _ClassVar[int]
    REP_CODE_FIELD_NUMBER: _ClassVar[int]
    STARTS_AT_FIELD_NUMBER: _ClassVar[int]
    ENDS_AT_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    APPROVED_BY_FIELD_NUMBER: _ClassVar[int]
    APPROVED_AT_FIELD_NUMBER: _ClassVar[int]
    CANCELLED_BY_FIELD_NUMBER: _ClassVar[int]
    CANCELLED_AT_FIELD_NUMBER: _ClassVar[int]
    leave_id: str
    rep_code: str
    starts_at: _timestamp_pb2.Timestamp
    ends_at: _timestamp_pb2.Timestamp
    state: LeaveState
    approved_by: str
    approved_at: _timestamp_pb2.Timestamp
    cancelled_by: str
    cancelled_at: _timestamp_pb2.Timestamp
    def __init__(self, leave_id: _Optional[str] = ..., rep_code: _Optional[str] = ..., starts_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., ends_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., state: _Optional[_Union[LeaveState, str]] = ..., approved_by: _Optional[str] = ..., approved_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., cancelled_by: _Optional[str] = ..., cancelled_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class SetLeaveRequest(_message.Message):
    __slots__ = ("request_id", "rep_code", "starts_at", "ends_at")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    REP_CODE_FIELD_NUMBER: _ClassVar[int]
    STARTS_AT_FIELD_NUMBER: _ClassVar[int]
    ENDS_AT_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    rep_code: str
    starts_at: _timestamp_pb2.Timestamp
    ends_at: _timestamp_pb2.Timestamp
    def __init__(self, request_id: _Optional[str] = ..., rep_code: _Optional[str] = ..., starts_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., ends_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class SetLeaveResponse(_message.Message):
    __slots__ = ("leave",)
    LEAVE_FIELD_NUMBER: _ClassVar[int]
    leave: Leave
    def __init__(self, leave: _Optional[_Union[Leave, _Mapping]] = ...) -> None: ...

class CancelLeaveRequest(_message.Message):
    __slots__ = ("request_id", "leave_id")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    LEAVE_ID_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    leave_id: str
    def __init__(self, request_id: _Optional[str] = ..., leave_id: _Optional[str] = ...) -> None: ...

class CancelLeaveResponse(_message.Message):
    __slots__ = ("leave",)
    LEAVE_FIELD_NUMBER: _ClassVar[int]
    leave: Leave
    def __init__(self, leave: _Optional[_Union[Leave, _Mapping]] = ...) -> None: ...

class ListLeavesRequest(_message.Message):
    __slots__ = ("page_size", "page_token", "rep_code", "with_cancelled")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    REP_CODE_FIELD_NUMBER: _ClassVar[int]
    WITH_CANCELLED_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    rep_code: str
    with_cancelled: bool
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., rep_code: _Optional[str] = ..., with_cancelled: _Optional[bool] = ...) -> None: ...

class ListLeavesResponse(_message.Message):
    __slots__ = ("leaves", "next_page_token")
    LEAVES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    leaves: _containers.RepeatedCompositeFieldContainer[Leave]
    next_page_token: str
    def __init__(self, leaves: _Optional[_Iterable[_Union[Leave, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...
