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

class Unwarned(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    UNWARNED_UNSPECIFIED: _ClassVar[Unwarned]
    UNWARNED_POSTPONE: _ClassVar[Unwarned]
    UNWARNED_RECALL: _ClassVar[Unwarned]

class LiveHoldings(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    LIVE_HOLDINGS_UNSPECIFIED: _ClassVar[LiveHoldings]
    LIVE_HOLDINGS_GRANDFATHER: _ClassVar[LiveHoldings]
    LIVE_HOLDINGS_REBASE: _ClassVar[LiveHoldings]
    LIVE_HOLDINGS_REBASE_WITH_FLOOR: _ClassVar[LiveHoldings]

class LimitScope(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    LIMIT_SCOPE_UNSPECIFIED: _ClassVar[LimitScope]
    LIMIT_SCOPE_REP: _ClassVar[LimitScope]
    LIMIT_SCOPE_POOL: _ClassVar[LimitScope]
    LIMIT_SCOPE_GRADE: _ClassVar[LimitScope]
    LIMIT_SCOPE_PRODUCT: _ClassVar[LimitScope]

class ReasonNext(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    REASON_NEXT_UNSPECIFIED: _ClassVar[ReasonNext]
    REASON_NEXT_POOL: _ClassVar[ReasonNext]
    REASON_NEXT_REROUTE: _ClassVar[ReasonNext]
    REASON_NEXT_INVALID: _ClassVar[ReasonNext]
    REASON_NEXT_RESTING: _ClassVar[ReasonNext]
    REASON_NEXT_VOIDED: _ClassVar[ReasonNext]
UNWARNED_UNSPECIFIED: Unwarned
UNWARNED_POSTPONE: Unwarned
UNWARNED_RECALL: Unwarned
LIVE_HOLDINGS_UNSPECIFIED: LiveHoldings
LIVE_HOLDINGS_GRANDFATHER: LiveHoldings
LIVE_HOLDINGS_REBASE: LiveHoldings
LIVE_HOLDINGS_REBASE_WITH_FLOOR: LiveHoldings
LIMIT_SCOPE_UNSPECIFIED: LimitScope
LIMIT_SCOPE_REP: LimitScope
LIMIT_SCOPE_POOL: LimitScope
LIMIT_SCOPE_GRADE: LimitScope
LIMIT_SCOPE_PRODUCT: LimitScope
REASON_NEXT_UNSPECIFIED: ReasonNext
REASON_NEXT_POOL: ReasonNext
REASON_NEXT_REROUTE: ReasonNext
REASON_NEXT_INVALID: ReasonNext
REASON_NEXT_RESTING: ReasonNext
REASON_NEXT_VOIDED: ReasonNext

class Period(_message.Message):
    __slots__ = ("elapsed", "working_time", "working_days")
    ELAPSED_FIELD_NUMBER: _ClassVar[int]
    WORKING_TIME_FIELD_NUMBER: _ClassVar[int]
    WORKING_DAYS_FIELD_NUMBER: _ClassVar[int]
    elapsed: _duration_pb2.Duration
    working_time: _duration_pb2.Duration
    working_days: int
    def __init__(self, elapsed: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., working_time: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., working_days: _Optional[int] = ...) -> None: ...

class Reminder(_message.Message):
    __slots__ = ("percent", "before")
    PERCENT_FIELD_NUMBER: _ClassVar[int]
    BEFORE_FIELD_NUMBER: _ClassVar[int]
    percent: int
    before: Period
    def __init__(self, percent: _Optional[int] = ..., before: _Optional[_Union[Period, _Mapping]] = ...) -> None: ...

class Policy(_message.Message):
    __slots__ = ("first_response", "protection", "extension", "attempt_extension", "attempts_counted", "attempt_interval", "maximum", "reminders", "claim_cooldown", "notice_floor", "calendar_code", "unwarned", "lock_longest", "locks_per_rep", "extensions_granted", "leave_longest", "manager_copies")
    FIRST_RESPONSE_FIELD_NUMBER: _ClassVar[int]
    PROTECTION_FIELD_NUMBER: _ClassVar[int]
    EXTENSION_FIELD_NUMBER: _ClassVar[int]
    ATTEMPT_EXTENSION_FIELD_NUMBER: _ClassVar[int]
    ATTEMPTS_COUNTED_FIELD_NUMBER: _ClassVar[int]
    ATTEMPT_INTERVAL_FIELD_NUMBER: _ClassVar[int]
    MAXIMUM_FIELD_NUMBER: _ClassVar[int]
    REMINDERS_FIELD_NUMBER: _ClassVar[int]
    CLAIM_COOLDOWN_FIELD_NUMBER: _ClassVar[int]
    NOTICE_FLOOR_FIELD_NUMBER: _ClassVar[int]
    CALENDAR_CODE_FIELD_NUMBER: _ClassVar[int]
    UNWARNED_FIELD_NUMBER: _ClassVar[int]
    LOCK_LONGEST_FIELD_NUMBER: _ClassVar[int]
    LOCKS_PER_REP_FIELD_NUMBER: _ClassVar[int]
    EXTENSIONS_GRANTED_FIELD_NUMBER: _ClassVar[int]
    LEAVE_LONGEST_FIELD_NUMBER: _ClassVar[int]
    MANAGER_COPIES_FIELD_NUMBER: _ClassVar[int]
    first_response: Period
    protection: Period
    extension: Period
    attempt_extension: Period
    attempts_counted: int
    attempt_interval: Period
    maximum: Period
    reminders: _containers.RepeatedCompositeFieldContainer[Reminder]
    claim_cooldown: Period
    notice_floor: Period
    calendar_code: str
    unwarned: Unwarned
    lock_longest: Period
    locks_per_rep: int
    extensions_granted: int
    leave_longest: Period
    manager_copies: bool
    def __init__(self, first_response: _Optional[_Union[Period, _Mapping]] = ..., protection: _Optional[_Union[Period, _Mapping]] = ..., extension: _Optional[_Union[Period, _Mapping]] = ..., attempt_extension: _Optional[_Union[Period, _Mapping]] = ..., attempts_counted: _Optional[int] = ..., attempt_interval: _Optional[_Union[Period, _Mapping]] = ..., maximum: _Optional[_Union[Period, _Mapping]] = ..., reminders: _Optional[_Iterable[_Union[Reminder, _Mapping]]] = ..., claim_cooldown: _Optional[_Union[Period, _Mapping]] = ..., notice_floor: _Optional[_Union[Period, _Mapping]] = ..., calendar_code: _Optional[str] = ..., unwarned: _Optional[_Union[Unwarned, str]] = ..., lock_longest: _Optional[_Union[Period, _Mapping]] = ..., locks_per_rep: _Optional[int] = ..., extensions_granted: _Optional[int] = ..., leave_longest: _Optional[_Union[Period, _Mapping]] = ..., manager_copies: _Optional[bool] = ...) -> None: ...

class CreateTeamRequest(_message.Message):
    __slots__ = ("request_id", "code", "name", "holding_limit")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    HOLDING_LIMIT_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    code: str
    name: str
    holding_limit: int
    def __init__(self, request_id: _Optional[str] = ..., code: _Optional[str] = ..., name: _Optional[str] = ..., holding_limit: _Optional[int] = ...) -> None: ...

class CreateTeamResponse(_message.Message):
    __slots__ = ("team_id",)
    TEAM_ID_FIELD_NUMBER: _ClassVar[int]
    team_id: str
    def __init__(self, team_id: _Optional[str] = ...) -> None: ...

class CreateRepRequest(_message.Message):
    __slots__ = ("request_id", "code", "display_name", "team_code")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_NAME_FIELD_NUMBER: _ClassVar[int]
    TEAM_CODE_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    code: str
    display_name: str
    team_code: str
    def __init__(self, request_id: _Optional[str] = ..., code: _Optional[str] = ..., display_name: _Optional[str] = ..., team_code: _Optional[str] = ...) -> None: ...

class CreateRepResponse(_message.Message):
    __slots__ = ("rep_id",)
    REP_ID_FIELD_NUMBER: _ClassVar[int]
    rep_id: str
    def __init__(self, rep_id: _Optional[str] = ...) -> None: ...

class UpdateRepRequest(_message.Message):
    __slots__ = ("request_id", "rep_code", "active")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    REP_CODE_FIELD_NUMBER: _ClassVar[int]
    ACTIVE_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    rep_code: str
    active: bool
    def __init__(self, request_id: _Optional[str] = ..., rep_code: _Optional[str] = ..., active: _Optional[bool] = ...) -> None: ...

class UpdateRepResponse(_message.Message):
    __slots__ = ("rep",)
    REP_FIELD_NUMBER: _ClassVar[int]
    rep: Rep
    def __init__(self, rep: _Optional[_Union[Rep, _Mapping]] = ...) -> None: ...

class CreatePoolRequest(_message.Message):
    __slots__ = ("request_id", "code", "name", "policy_code")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    POLICY_CODE_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    code: str
    name: str
    policy_code: str
    def __init__(self, request_id: _Optional[str] = ..., code: _Optional[str] = ..., name: _Optional[str] = ..., policy_code: _Optional[str] = ...) -> None: ...

class CreatePoolResponse(_message.Message):
    __slots__ = ("pool_id",)
    POOL_ID_FIELD_NUMBER: _ClassVar[int]
    pool_id: str
    def __init__(self, pool_id: _Optional[str] = ...) -> None: ...

class SetLimitRequest(_message.Message):
    __slots__ = ("request_id", "scope", "rep_code", "pool_code", "limit", "grade", "product", "unset")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    SCOPE_FIELD_NUMBER: _ClassVar[int]
    REP_CODE_FIELD_NUMBER: _ClassVar[int]
    POOL_CODE_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    GRADE_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_FIELD_NUMBER: _ClassVar[int]
    UNSET_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    scope: LimitScope
    rep_code: str
    pool_code: str
    limit: int
    grade: str
    product: str
    unset: bool
    def __init__(self, request_id: _Optional[str] = ..., scope: _Optional[_Union[LimitScope, str]] = ..., rep_code: _Optional[str] = ..., pool_code: _Optional[str] = ..., limit: _Optional[int] = ..., grade: _Optional[str] = ..., product: _Optional[str] = ..., unset: _Optional[bool] = ...) -> None: ...

class SetLimitResponse(_message.Message):
    __slots__ = ("held", "limit", "over_cap")
    HELD_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    OVER_CAP_FIELD_NUMBER: _ClassVar[int]
    held: int
    limit: int
    over_cap: bool
    def __init__(self, held: _Optional[int] = ..., limit: _Optional[int] = ..., over_cap: _Optional[bool] = ...) -> None: ...

class PublishPolicyRequest(_message.Message):
    __slots__ = ("request_id", "code", "policy", "live_holdings")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    POLICY_FIELD_NUMBER: _ClassVar[int]
    LIVE_HOLDINGS_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    code: str
    policy: Policy
    live_holdings: LiveHoldings
    def __init__(self, request_id: _Optional[str] = ..., code: _Optional[str] = ..., policy: _Optional[_Union[Policy, _Mapping]] = ..., live_holdings: _Optional[_Union[LiveHoldings, str]] = ...) -> None: ...

class PublishPolicyResponse(_message.Message):
    __slots__ = ("policy_version", "rebasing", "rebasing_id")
    POLICY_VERSION_FIELD_NUMBER: _ClassVar[int]
    REBASING_FIELD_NUMBER: _ClassVar[int]
    REBASING_ID_FIELD_NUMBER: _ClassVar[int]
    policy_version: str
    rebasing: int
    rebasing_id: str
    def __init__(self, policy_version: _Optional[str] = ..., rebasing: _Optional[int] = ..., rebasing_id: _Optional[str] = ...) -> None: ...

class PreviewPolicyRequest(_message.Message):
    __slots__ = ("code", "policy", "live_holdings")
    CODE_FIELD_NUMBER: _ClassVar[int]
    POLICY_FIELD_NUMBER: _ClassVar[int]
    LIVE_HOLDINGS_FIELD_NUMBER: _ClassVar[int]
    code: str
    policy: Policy
    live_holdings: LiveHoldings
    def __init__(self, code: _Optional[str] = ..., policy: _Optional[_Union[Policy, _Mapping]] = ..., live_holdings: _Optional[_Union[LiveHoldings, str]] = ...) -> None: ...

class PreviewPolicyResponse(_message.Message):
    __slots__ = ("open_holdings", "computed", "unchanged", "later", "earlier", "recalled_at_once", "due_within_a_day", "examples")
    OPEN_HOLDINGS_FIELD_NUMBER: _ClassVar[int]
    COMPUTED_FIELD_NUMBER: _ClassVar[int]
    UNCHANGED_FIELD_NUMBER: _ClassVar[int]
    LATER_FIELD_NUMBER: _ClassVar[int]
    EARLIER_FIELD_NUMBER: _ClassVar[int]
    RECALLED_AT_ONCE_FIELD_NUMBER: _ClassVar[int]
    DUE_WITHIN_A_DAY_FIELD_NUMBER: _ClassVar[int]
    EXAMPLES_FIELD_NUMBER: _ClassVar[int]
    open_holdings: int
    computed: int
    unchanged: int
    later: int
    earlier: int
    recalled_at_once: int
    due_within_a_day: int
    examples: _containers.RepeatedCompositeFieldContainer[MovedDeadline]
    def __init__(self, open_holdings: _Optional[int] = ..., computed: _Optional[int] = ..., unchanged: _Optional[int] = ..., later: _Optional[int] = ..., earlier: _Optional[int] = ..., recalled_at_once: _Optional[int] = ..., due_within_a_day: _Optional[int] = ..., examples: _Optional[_Iterable[_Union[MovedDeadline, _Mapping]]] = ...) -> None: ...

class MovedDeadline(_message.Message):
    __slots__ = ("holding_id", "rep_code", "due_at", "would_be_due_at")
    HOLDING_ID_FIELD_NUMBER: _ClassVar[int]
    REP_CODE_FIELD_NUMBER: _ClassVar[int]
    DUE_AT_FIELD_NUMBER: _ClassVar[int]
    WOULD_BE_DUE_AT_FIELD_NUMBER: _ClassVar[int]
    holding_id: str
    rep_code: str
    due_at: _timestamp_pb2.Timestamp
    would_be_due_at: _timestamp_pb2.Timestamp
    def __init__(self, holding_id: _Optional[str] = ..., rep_code: _Optional[str] = ..., due_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., would_be_due_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class GetRebasingRequest(_message.Message):
    __slots__ = ("rebasing_id",)
    REBASING_ID_FIELD_NUMBER: _ClassVar[int]
    rebasing_id: str
    def __init__(self, rebasing_id: _Optional[str] = ...) -> None: ...

class GetRebasingResponse(_message.Message):
    __slots__ = ("cause", "done", "moved", "finished_at")
    CAUSE_FIELD_NUMBER: _ClassVar[int]
    DONE_FIELD_NUMBER: _ClassVar[int]
    MOVED_FIELD_NUMBER: _ClassVar[int]
    FINISHED_AT_FIELD_NUMBER: _ClassVar[int]
    cause: str
    done: int
    moved: int
    finished_at: _timestamp_pb2.Timestamp
    def __init__(self, cause: _Optional[str] = ..., done: _Optional[int] = ..., moved: _Optional[int] = ..., finished_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class AssignmentRule(_message.Message):
    __slots__ = ("rule_id", "expression", "assign_team_code", "pool_code")
    RULE_ID_FIELD_NUMBER: _ClassVar[int]
    EXPRESSION_FIELD_NUMBER: _ClassVar[int]
    ASSIGN_TEAM_CODE_FIELD_NUMBER: _ClassVar[int]
    POOL_CODE_FIELD_NUMBER: _ClassVar[int]
    rule_id: str
    expression: str
    assign_team_code: str
    pool_code: str
    def __init__(self, rule_id: _Optional[str] = ..., expression: _Optional[str] = ..., assign_team_code: _Optional[str] = ..., pool_code: _Optional[str] = ...) -> None: ...

class PublishAssignmentRulesRequest(_message.Message):
    __slots__ = ("request_id", "rules")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    RULES_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    rules: _containers.RepeatedCompositeFieldContainer[AssignmentRule]
    def __init__(self, request_id: _Optional[str] = ..., rules: _Optional[_Iterable[_Union[AssignmentRule, _Mapping]]] = ...) -> None: ...

class PublishAssignmentRulesResponse(_message.Message):
    __slots__ = ("version",)
    VERSION_FIELD_NUMBER: _ClassVar[int]
    version: int
    def __init__(self, version: _Optional[int] = ...) -> None: ...

class ListRepsRequest(_message.Message):
    __slots__ = ("page_size", "page_token", "code")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    code: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., code: _Optional[str] = ...) -> None: ...

class Rep(_message.Message):
    __slots__ = ("rep_id", "code", "display_name", "team_code", "held", "limit", "over_cap", "active", "active_changed_at", "active_changed_by")
    REP_ID_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_NAME_FIELD_NUMBER: _ClassVar[int]
    TEAM_CODE_FIELD_NUMBER: _ClassVar[int]
    HELD_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    OVER_CAP_FIELD_NUMBER: _ClassVar[int]
    ACTIVE_FIELD_NUMBER: _ClassVar[int]
    ACTIVE_CHANGED_AT_FIELD_NUMBER: _ClassVar[int]
    ACTIVE_CHANGED_BY_FIELD_NUMBER: _ClassVar[int]
    rep_id: str
    code: str
    display_name: str
    team_code: str
    held: int
    limit: int
    over_cap: bool
    active: bool
    active_changed_at: _timestamp_pb2.Timestamp
    active_changed_by: str
    def __init__(self, rep_id: _Optional[str] = ..., code: _Optional[str] = ..., display_name: _Optional[str] = ..., team_code: _Optional[str] = ..., held: _Optional[int] = ..., limit: _Optional[int] = ..., over_cap: _Optional[bool] = ..., active: _Optional[bool] = ..., active_changed_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., active_changed_by: _Optional[str] = ...) -> None: ...

class ListRepsResponse(_message.Message):
    __slots__ = ("reps", "next_page_token")
    REPS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    reps: _containers.RepeatedCompositeFieldContainer[Rep]
    next_page_token: str
    def __init__(self, reps: _Optional[_Iterable[_Union[Rep, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class ListPoolsRequest(_message.Message):
    __slots__ = ("page_size", "page_token")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class Pool(_message.Message):
    __slots__ = ("pool_id", "code", "name", "policy_code", "policy_version", "waiting", "held")
    POOL_ID_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    POLICY_CODE_FIELD_NUMBER: _ClassVar[int]
    POLICY_VERSION_FIELD_NUMBER: _ClassVar[int]
    WAITING_FIELD_NUMBER: _ClassVar[int]
    HELD_FIELD_NUMBER: _ClassVar[int]
    pool_id: str
    code: str
    name: str
    policy_code: str
    policy_version: str
    waiting: int
    held: int
    def __init__(self, pool_id: _Optional[str] = ..., code: _Optional[str] = ..., name: _Optional[str] = ..., policy_code: _Optional[str] = ..., policy_version: _Optional[str] = ..., waiting: _Optional[int] = ..., held: _Optional[int] = ...) -> None: ...

class ListPoolsResponse(_message.Message):
    __slots__ = ("pools", "next_page_token")
    POOLS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    pools: _containers.RepeatedCompositeFieldContainer[Pool]
    next_page_token: str
    def __init__(self, pools: _Optional[_Iterable[_Union[Pool, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class ListPoolLeadsRequest(_message.Message):
    __slots__ = ("pool_code", "page_size", "page_token")
    POOL_CODE_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    pool_code: str
    page_size: int
    page_token: str
    def __init__(self, pool_code: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class PoolLead(_message.Message):
    __slots__ = ("lead_id", "facts", "pooled_at", "holdings", "reenquiries", "resting_until", "frozen_until", "release_at")
    LEAD_ID_FIELD_NUMBER: _ClassVar[int]
    FACTS_FIELD_NUMBER: _ClassVar[int]
    POOLED_AT_FIELD_NUMBER: _ClassVar[int]
    HOLDINGS_FIELD_NUMBER: _ClassVar[int]
    REENQUIRIES_FIELD_NUMBER: _ClassVar[int]
    RESTING_UNTIL_FIELD_NUMBER: _ClassVar[int]
    FROZEN_UNTIL_FIELD_NUMBER: _ClassVar[int]
    RELEASE_AT_FIELD_NUMBER: _ClassVar[int]
    lead_id: str
    facts: _lead_pb2.LeadFacts
    pooled_at: _timestamp_pb2.Timestamp
    holdings: int
    reenquiries: int
    resting_until: _timestamp_pb2.Timestamp
    frozen_until: _timestamp_pb2.Timestamp
    release_at: _timestamp_pb2.Timestamp
    def __init__(self, lead_id: _Optional[str] = ..., facts: _Optional[_Union[_lead_pb2.LeadFacts, _Mapping]] = ..., pooled_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., holdings: _Optional[int] = ..., reenquiries: _Optional[int] = ..., resting_until: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., frozen_until: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., release_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ListPoolLeadsResponse(_message.Message):
    __slots__ = ("leads", "next_page_token")
    LEADS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    leads: _containers.RepeatedCompositeFieldContainer[PoolLead]
    next_page_token: str
    def __init__(self, leads: _Optional[_Iterable[_Union[PoolLead, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class Reason(_message.Message):
    __slots__ = ("code", "text_zh", "text_en", "verbs", "next", "cooldown", "rest_days", "takes_resting_until", "gives_claim_back")
    CODE_FIELD_NUMBER: _ClassVar[int]
    TEXT_ZH_FIELD_NUMBER: _ClassVar[int]
    TEXT_EN_FIELD_NUMBER: _ClassVar[int]
    VERBS_FIELD_NUMBER: _ClassVar[int]
    NEXT_FIELD_NUMBER: _ClassVar[int]
    COOLDOWN_FIELD_NUMBER: _ClassVar[int]
    REST_DAYS_FIELD_NUMBER: _ClassVar[int]
    TAKES_RESTING_UNTIL_FIELD_NUMBER: _ClassVar[int]
    GIVES_CLAIM_BACK_FIELD_NUMBER: _ClassVar[int]
    code: str
    text_zh: str
    text_en: str
    verbs: _containers.RepeatedScalarFieldContainer[str]
    next: ReasonNext
    cooldown: bool
    rest_days: int
    takes_resting_until: bool
    gives_claim_back: bool
    def __init__(self, code: _Optional[str] = ..., text_zh: _Optional[str] = ..., text_en: _Optional[str] = ..., verbs: _Optional[_Iterable[str]] = ..., next: _Optional[_Union[ReasonNext, str]] = ..., cooldown: _Optional[bool] = ..., rest_days: _Optional[int] = ..., takes_resting_until: _Optional[bool] = ..., gives_claim_back: _Optional[bool] = ...) -> None: ...

class ListReasonsRequest(_message.Message):
    __slots__ = ("page_size", "page_token")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListReasonsResponse(_message.Message):
    __slots__ = ("version", "reasons", "next_page_token")
    VERSION_FIELD_NUMBER: _ClassVar[int]
    REASONS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    version: int
    reasons: _containers.RepeatedCompositeFieldContainer[Reason]
    next_page_token: str
    def __init__(self, version: _Optional[int] = ..., reasons: _Optional[_Iterable[_Union[Reason, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...
