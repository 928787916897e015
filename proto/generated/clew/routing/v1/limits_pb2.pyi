import datetime

from buf.validate import validate_pb2 as _validate_pb2
from clew.routing.v1 import roster_pb2 as _roster_pb2
from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class LimitSource(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    LIMIT_SOURCE_UNSPECIFIED: _ClassVar[LimitSource]
    LIMIT_SOURCE_TEAM: _ClassVar[LimitSource]
    LIMIT_SOURCE_TABLE: _ClassVar[LimitSource]
    LIMIT_SOURCE_SET: _ClassVar[LimitSource]
    LIMIT_SOURCE_OVERRIDE: _ClassVar[LimitSource]

class LimitChangeKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    LIMIT_CHANGE_KIND_UNSPECIFIED: _ClassVar[LimitChangeKind]
    LIMIT_CHANGE_KIND_SET: _ClassVar[LimitChangeKind]
    LIMIT_CHANGE_KIND_UNSET: _ClassVar[LimitChangeKind]
    LIMIT_CHANGE_KIND_OVERRIDDEN: _ClassVar[LimitChangeKind]
    LIMIT_CHANGE_KIND_OVERRIDE_ENDED: _ClassVar[LimitChangeKind]
    LIMIT_CHANGE_KIND_TABLE_PUBLISHED: _ClassVar[LimitChangeKind]
    LIMIT_CHANGE_KIND_SEASON_CHANGED: _ClassVar[LimitChangeKind]

class FlowGroup(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    FLOW_GROUP_UNSPECIFIED: _ClassVar[FlowGroup]
    FLOW_GROUP_REP: _ClassVar[FlowGroup]
    FLOW_GROUP_POOL: _ClassVar[FlowGroup]
LIMIT_SOURCE_UNSPECIFIED: LimitSource
LIMIT_SOURCE_TEAM: LimitSource
LIMIT_SOURCE_TABLE: LimitSource
LIMIT_SOURCE_SET: LimitSource
LIMIT_SOURCE_OVERRIDE: LimitSource
LIMIT_CHANGE_KIND_UNSPECIFIED: LimitChangeKind
LIMIT_CHANGE_KIND_SET: LimitChangeKind
LIMIT_CHANGE_KIND_UNSET: LimitChangeKind
LIMIT_CHANGE_KIND_OVERRIDDEN: LimitChangeKind
LIMIT_CHANGE_KIND_OVERRIDE_ENDED: LimitChangeKind
LIMIT_CHANGE_KIND_TABLE_PUBLISHED: LimitChangeKind
LIMIT_CHANGE_KIND_SEASON_CHANGED: LimitChangeKind
FLOW_GROUP_UNSPECIFIED: FlowGroup
FLOW_GROUP_REP: FlowGroup
FLOW_GROUP_POOL: FlowGroup

class Season(_message.Message):
    __slots__ = ("first_day", "last_day")
    FIRST_DAY_FIELD_NUMBER: _ClassVar[int]
    LAST_DAY_FIELD_NUMBER: _ClassVar[int]
    first_day: str
    last_day: str
    def __init__(self, first_day: _Optional[str] = ..., last_day: _Optional[str] = ...) -> None: ...

class LimitLine(_message.Message):
    __slots__ = ("team_code", "grade", "product", "season", "limit")
    TEAM_CODE_FIELD_NUMBER: _ClassVar[int]
    GRADE_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_FIELD_NUMBER: _ClassVar[int]
    SEASON_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    team_code: str
    grade: str
    product: str
    season: Season
    limit: int
    def __init__(self, team_code: _Optional[str] = ..., grade: _Optional[str] = ..., product: _Optional[str] = ..., season: _Optional[_Union[Season, _Mapping]] = ..., limit: _Optional[int] = ...) -> None: ...

class PublishLimitsRequest(_message.Message):
    __slots__ = ("request_id", "lines", "time_zone")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    TIME_ZONE_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    lines: _containers.RepeatedCompositeFieldContainer[LimitLine]
    time_zone: str
    def __init__(self, request_id: _Optional[str] = ..., lines: _Optional[_Iterable[_Union[LimitLine, _Mapping]]] = ..., time_zone: _Optional[str] = ...) -> None: ...

class PublishLimitsResponse(_message.Message):
    __slots__ = ("version", "changed", "next_change_at")
    VERSION_FIELD_NUMBER: _ClassVar[int]
    CHANGED_FIELD_NUMBER: _ClassVar[int]
    NEXT_CHANGE_AT_FIELD_NUMBER: _ClassVar[int]
    version: int
    changed: int
    next_change_at: _timestamp_pb2.Timestamp
    def __init__(self, version: _Optional[int] = ..., changed: _Optional[int] = ..., next_change_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class GetLimitTableRequest(_message.Message):
    __slots__ = ("version",)
    VERSION_FIELD_NUMBER: _ClassVar[int]
    version: int
    def __init__(self, version: _Optional[int] = ...) -> None: ...

class GetLimitTableResponse(_message.Message):
    __slots__ = ("version", "lines", "time_zone", "published_at", "published_by", "next_change_at")
    VERSION_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    TIME_ZONE_FIELD_NUMBER: _ClassVar[int]
    PUBLISHED_AT_FIELD_NUMBER: _ClassVar[int]
    PUBLISHED_BY_FIELD_NUMBER: _ClassVar[int]
    NEXT_CHANGE_AT_FIELD_NUMBER: _ClassVar[int]
    version: int
    lines: _containers.RepeatedCompositeFieldContainer[LimitLine]
    time_zone: str
    published_at: _timestamp_pb2.Timestamp
    published_by: str
    next_change_at: _timestamp_pb2.Timestamp
    def __init__(self, version: _Optional[int] = ..., lines: _Optional[_Iterable[_Union[LimitLine, _Mapping]]] = ..., time_zone: _Optional[str] = ..., published_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., published_by: _Optional[str] = ..., next_change_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class Limit(_message.Message):
    __slots__ = ("rep_code", "team_code", "scope", "key", "held", "limit", "source", "table_version", "until", "over_cap")
    REP_CODE_FIELD_NUMBER: _ClassVar[int]
    TEAM_CODE_FIELD_NUMBER: _ClassVar[int]
    SCOPE_FIELD_NUMBER: _ClassVar[int]
    KEY_FIELD_NUMBER: _ClassVar[int]
    HELD_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    TABLE_VERSION_FIELD_NUMBER: _ClassVar[int]
    UNTIL_FIELD_NUMBER: _ClassVar[int]
    OVER_CAP_FIELD_NUMBER: _ClassVar[int]
    rep_code: str
    team_code: str
    scope: _roster_pb2.LimitScope
    key: str
    held: int
    limit: int
    source: LimitSource
    table_version: str
    until: _timestamp_pb2.Timestamp
    over_cap: bool
    def __init__(self, rep_code: _Optional[str] = ..., team_code: _Optional[str] = ..., scope: _Optional[_Union[_roster_pb2.LimitScope, str]] = ..., key: _Optional[str] = ..., held: _Optional[int] = ..., limit: _Optional[int] = ..., source: _Optional[_Union[LimitSource, str]] = ..., table_version: _Optional[str] = ..., until: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., over_cap: _Optional[bool] = ...) -> None: ...

class OverrideLimitRequest(_message.Message):
    __slots__ = ("request_id", "rep_code", "scope", "pool_code", "grade", "product", "limit", "until", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    REP_CODE_FIELD_NUMBER: _ClassVar[int]
    SCOPE_FIELD_NUMBER: _ClassVar[int]
    POOL_CODE_FIELD_NUMBER: _ClassVar[int]
    GRADE_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    UNTIL_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    rep_code: str
    scope: _roster_pb2.LimitScope
    pool_code: str
    grade: str
    product: str
    limit: int
    until: _timestamp_pb2.Timestamp
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., rep_code: _Optional[str] = ..., scope: _Optional[_Union[_roster_pb2.LimitScope, str]] = ..., pool_code: _Optional[str] = ..., grade: _Optional[str] = ..., product: _Optional[str] = ..., limit: _Optional[int] = ..., until: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., reason: _Optional[str] = ...) -> None: ...

class OverrideLimitResponse(_message.Message):
    __slots__ = ("limit",)
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    limit: Limit
    def __init__(self, limit: _Optional[_Union[Limit, _Mapping]] = ...) -> None: ...

class EndOverrideRequest(_message.Message):
    __slots__ = ("request_id", "rep_code", "scope", "pool_code", "grade", "product")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    REP_CODE_FIELD_NUMBER: _ClassVar[int]
    SCOPE_FIELD_NUMBER: _ClassVar[int]
    POOL_CODE_FIELD_NUMBER: _ClassVar[int]
    GRADE_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    rep_code: str
    scope: _roster_pb2.LimitScope
    pool_code: str
    grade: str
    product: str
    def __init__(self, request_id: _Optional[str] = ..., rep_code: _Optional[str] = ..., scope: _Optional[_Union[_roster_pb2.LimitScope, str]] = ..., pool_code: _Optional[str] = ..., grade: _Optional[str] = ..., product: _Optional[str] = ...) -> None: ...

class EndOverrideResponse(_message.Message):
    __slots__ = ("limit",)
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    limit: Limit
    def __init__(self, limit: _Optional[_Union[Limit, _Mapping]] = ...) -> None: ...

class ListLimitsRequest(_message.Message):
    __slots__ = ("page_size", "page_token", "rep_code")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    REP_CODE_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    rep_code: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., rep_code: _Optional[str] = ...) -> None: ...

class ListLimitsResponse(_message.Message):
    __slots__ = ("limits", "next_page_token")
    LIMITS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    limits: _containers.RepeatedCompositeFieldContainer[Limit]
    next_page_token: str
    def __init__(self, limits: _Optional[_Iterable[_Union[Limit, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class LimitChange(_message.Message):
    __slots__ = ("change_id", "kind", "rep_code", "scope", "key", "limit_before", "limit", "held", "until", "reason", "table_version", "changed", "actor_id", "actor_role", "changed_at")
    CHANGE_ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    REP_CODE_FIELD_NUMBER: _ClassVar[int]
    SCOPE_FIELD_NUMBER: _ClassVar[int]
    KEY_FIELD_NUMBER: _ClassVar[int]
    LIMIT_BEFORE_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    HELD_FIELD_NUMBER: _ClassVar[int]
    UNTIL_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    TABLE_VERSION_FIELD_NUMBER: _ClassVar[int]
    CHANGED_FIELD_NUMBER: _ClassVar[int]
    ACTOR_ID_FIELD_NUMBER: _ClassVar[int]
    ACTOR_ROLE_FIELD_NUMBER: _ClassVar[int]
    CHANGED_AT_FIELD_NUMBER: _ClassVar[int]
    change_id: str
    kind: LimitChangeKind
    rep_code: str
    scope: _roster_pb2.LimitScope
    key: str
    limit_before: int
    limit: int
    held: int
    until: _timestamp_pb2.Timestamp
    reason: str
    table_version: str
    changed: int
    actor_id: str
    actor_role: str
    changed_at: _timestamp_pb2.Timestamp
    def __init__(self, change_id: _Optional[str] = ..., kind: _Optional[_Union[LimitChangeKind, str]] = ..., rep_code: _Optional[str] = ..., scope: _Optional[_Union[_roster_pb2.LimitScope, str]] = ..., key: _Optional[str] = ..., limit_before: _Optional[int] = ..., limit: _Optional[int] = ..., held: _Optional[int] = ..., until: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., reason: _Optional[str] = ..., table_version: _Optional[str] = ..., changed: _Optional[int] = ..., actor_id: _Optional[str] = ..., actor_role: _Optional[str] = ..., changed_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ListLimitChangesRequest(_message.Message):
    __slots__ = ("page_size", "page_token", "rep_code")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    REP_CODE_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    rep_code: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., rep_code: _Optional[str] = ...) -> None: ...

class ListLimitChangesResponse(_message.Message):
    __slots__ = ("changes", "next_page_token")
    CHANGES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    changes: _containers.RepeatedCompositeFieldContainer[LimitChange]
    next_page_token: str
    def __init__(self, changes: _Optional[_Iterable[_Union[LimitChange, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class SuggestLimitsRequest(_message.Message):
    __slots__ = ("team_code", "grade", "window")
    TEAM_CODE_FIELD_NUMBER: _ClassVar[int]
    GRADE_FIELD_NUMBER: _ClassVar[int]
    WINDOW_FIELD_NUMBER: _ClassVar[int]
    team_code: str
    grade: str
    window: _duration_pb2.Duration
    def __init__(self, team_code: _Optional[str] = ..., grade: _Optional[str] = ..., window: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class LimitSuggestion(_message.Message):
    __slots__ = ("grade", "conversions", "mean_days_to_convert", "begun", "reps", "days", "begun_per_rep_and_day", "raw", "limit", "not_enough_data", "lowest_present", "highest_present")
    GRADE_FIELD_NUMBER: _ClassVar[int]
    CONVERSIONS_FIELD_NUMBER: _ClassVar[int]
    MEAN_DAYS_TO_CONVERT_FIELD_NUMBER: _ClassVar[int]
    BEGUN_FIELD_NUMBER: _ClassVar[int]
    REPS_FIELD_NUMBER: _ClassVar[int]
    DAYS_FIELD_NUMBER: _ClassVar[int]
    BEGUN_PER_REP_AND_DAY_FIELD_NUMBER: _ClassVar[int]
    RAW_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    NOT_ENOUGH_DATA_FIELD_NUMBER: _ClassVar[int]
    LOWEST_PRESENT_FIELD_NUMBER: _ClassVar[int]
    HIGHEST_PRESENT_FIELD_NUMBER: _ClassVar[int]
    grade: str
    conversions: int
    mean_days_to_convert: float
    begun: int
    reps: int
    days: float
    begun_per_rep_and_day: float
    raw: float
    limit: int
    not_enough_data: bool
    lowest_present: int
    highest_present: int
    def __init__(self, grade: _Optional[str] = ..., conversions: _Optional[int] = ..., mean_days_to_convert: _Optional[float] = ..., begun: _Optional[int] = ..., reps: _Optional[int] = ..., days: _Optional[float] = ..., begun_per_rep_and_day: _Optional[float] = ..., raw: _Optional[float] = ..., limit: _Optional[int] = ..., not_enough_data: _Optional[bool] = ..., lowest_present: _Optional[int] = ..., highest_present: _Optional[int] = ...) -> None: ...

class SuggestLimitsResponse(_message.Message):
    __slots__ = ("suggestions",)
    SUGGESTIONS_FIELD_NUMBER: _ClassVar[int]
    suggestions: _containers.RepeatedCompositeFieldContainer[LimitSuggestion]
    def __init__(self, suggestions: _Optional[_Iterable[_Union[LimitSuggestion, _Mapping]]] = ...) -> None: ...

class GetFlowRequest(_message.Message):
    __slots__ = ("group", "code", "first_day", "last_day", "time_zone", "page_size", "page_token")
    GROUP_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    FIRST_DAY_FIELD_NUMBER: _ClassVar[int]
    LAST_DAY_FIELD_NUMBER: _ClassVar[int]
    TIME_ZONE_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    group: FlowGroup
    code: str
    first_day: str
    last_day: str
    time_zone: str
    page_size: int
    page_token: str
    def __init__(self, group: _Optional[_Union[FlowGroup, str]] = ..., code: _Optional[str] = ..., first_day: _Optional[str] = ..., last_day: _Optional[str] = ..., time_zone: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class FlowDay(_message.Message):
    __slots__ = ("day", "claimed", "assigned", "routed_in", "transferred_in", "other_in", "returned", "recalled", "reclaimed", "transferred_out", "converted", "disqualified", "other_out", "held", "rejected", "voided", "unanswered")
    DAY_FIELD_NUMBER: _ClassVar[int]
    CLAIMED_FIELD_NUMBER: _ClassVar[int]
    ASSIGNED_FIELD_NUMBER: _ClassVar[int]
    ROUTED_IN_FIELD_NUMBER: _ClassVar[int]
    TRANSFERRED_IN_FIELD_NUMBER: _ClassVar[int]
    OTHER_IN_FIELD_NUMBER: _ClassVar[int]
    RETURNED_FIELD_NUMBER: _ClassVar[int]
    RECALLED_FIELD_NUMBER: _ClassVar[int]
    RECLAIMED_FIELD_NUMBER: _ClassVar[int]
    TRANSFERRED_OUT_FIELD_NUMBER: _ClassVar[int]
    CONVERTED_FIELD_NUMBER: _ClassVar[int]
    DISQUALIFIED_FIELD_NUMBER: _ClassVar[int]
    OTHER_OUT_FIELD_NUMBER: _ClassVar[int]
    HELD_FIELD_NUMBER: _ClassVar[int]
    REJECTED_FIELD_NUMBER: _ClassVar[int]
    VOIDED_FIELD_NUMBER: _ClassVar[int]
    UNANSWERED_FIELD_NUMBER: _ClassVar[int]
    day: str
    claimed: int
    assigned: int
    routed_in: int
    transferred_in: int
    other_in: int
    returned: int
    recalled: int
    reclaimed: int
    transferred_out: int
    converted: int
    disqualified: int
    other_out: int
    held: int
    rejected: int
    voided: int
    unanswered: int
    def __init__(self, day: _Optional[str] = ..., claimed: _Optional[int] = ..., assigned: _Optional[int] = ..., routed_in: _Optional[int] = ..., transferred_in: _Optional[int] = ..., other_in: _Optional[int] = ..., returned: _Optional[int] = ..., recalled: _Optional[int] = ..., reclaimed: _Optional[int] = ..., transferred_out: _Optional[int] = ..., converted: _Optional[int] = ..., disqualified: _Optional[int] = ..., other_out: _Optional[int] = ..., held: _Optional[int] = ..., rejected: _Optional[int] = ..., voided: _Optional[int] = ..., unanswered: _Optional[int] = ...) -> None: ...

class Flow(_message.Message):
    __slots__ = ("code", "held_before", "days")
    CODE_FIELD_NUMBER: _ClassVar[int]
    HELD_BEFORE_FIELD_NUMBER: _ClassVar[int]
    DAYS_FIELD_NUMBER: _ClassVar[int]
    code: str
    held_before: int
    days: _containers.RepeatedCompositeFieldContainer[FlowDay]
    def __init__(self, code: _Optional[str] = ..., held_before: _Optional[int] = ..., days: _Optional[_Iterable[_Union[FlowDay, _Mapping]]] = ...) -> None: ...

class GetFlowResponse(_message.Message):
    __slots__ = ("flows", "next_page_token")
    FLOWS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    flows: _containers.RepeatedCompositeFieldContainer[Flow]
    next_page_token: str
    def __init__(self, flows: _Optional[_Iterable[_Union[Flow, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...
