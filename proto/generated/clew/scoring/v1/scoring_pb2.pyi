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

class FitRule(_message.Message):
    __slots__ = ("rule_id", "expression", "points")
    RULE_ID_FIELD_NUMBER: _ClassVar[int]
    EXPRESSION_FIELD_NUMBER: _ClassVar[int]
    POINTS_FIELD_NUMBER: _ClassVar[int]
    rule_id: str
    expression: str
    points: int
    def __init__(self, rule_id: _Optional[str] = ..., expression: _Optional[str] = ..., points: _Optional[int] = ...) -> None: ...

class BehaviorRule(_message.Message):
    __slots__ = ("rule_id", "engagement_kind", "points", "max_points")
    RULE_ID_FIELD_NUMBER: _ClassVar[int]
    ENGAGEMENT_KIND_FIELD_NUMBER: _ClassVar[int]
    POINTS_FIELD_NUMBER: _ClassVar[int]
    MAX_POINTS_FIELD_NUMBER: _ClassVar[int]
    rule_id: str
    engagement_kind: str
    points: int
    max_points: int
    def __init__(self, rule_id: _Optional[str] = ..., engagement_kind: _Optional[str] = ..., points: _Optional[int] = ..., max_points: _Optional[int] = ...) -> None: ...

class GradeThresholds(_message.Message):
    __slots__ = ("a", "b", "c")
    A_FIELD_NUMBER: _ClassVar[int]
    B_FIELD_NUMBER: _ClassVar[int]
    C_FIELD_NUMBER: _ClassVar[int]
    a: int
    b: int
    c: int
    def __init__(self, a: _Optional[int] = ..., b: _Optional[int] = ..., c: _Optional[int] = ...) -> None: ...

class MaturityThresholds(_message.Message):
    __slots__ = ("enter", "leave")
    ENTER_FIELD_NUMBER: _ClassVar[int]
    LEAVE_FIELD_NUMBER: _ClassVar[int]
    enter: int
    leave: int
    def __init__(self, enter: _Optional[int] = ..., leave: _Optional[int] = ...) -> None: ...

class PublishRulesRequest(_message.Message):
    __slots__ = ("request_id", "fit_rules", "behavior_rules", "grades", "maturity")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    FIT_RULES_FIELD_NUMBER: _ClassVar[int]
    BEHAVIOR_RULES_FIELD_NUMBER: _ClassVar[int]
    GRADES_FIELD_NUMBER: _ClassVar[int]
    MATURITY_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    fit_rules: _containers.RepeatedCompositeFieldContainer[FitRule]
    behavior_rules: _containers.RepeatedCompositeFieldContainer[BehaviorRule]
    grades: GradeThresholds
    maturity: MaturityThresholds
    def __init__(self, request_id: _Optional[str] = ..., fit_rules: _Optional[_Iterable[_Union[FitRule, _Mapping]]] = ..., behavior_rules: _Optional[_Iterable[_Union[BehaviorRule, _Mapping]]] = ..., grades: _Optional[_Union[GradeThresholds, _Mapping]] = ..., maturity: _Optional[_Union[MaturityThresholds, _Mapping]] = ...) -> None: ...

class PublishRulesResponse(_message.Message):
    __slots__ = ("version",)
    VERSION_FIELD_NUMBER: _ClassVar[int]
    version: int
    def __init__(self, version: _Optional[int] = ...) -> None: ...

class ScoreLeadRequest(_message.Message):
    __slots__ = ("request_id", "facts")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    FACTS_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    facts: _lead_pb2.LeadFacts
    def __init__(self, request_id: _Optional[str] = ..., facts: _Optional[_Union[_lead_pb2.LeadFacts, _Mapping]] = ...) -> None: ...

class Score(_message.Message):
    __slots__ = ("lead_id", "version", "taken_version", "fit_score", "behavior_score", "grade", "mature", "maturities", "rules_version", "scored_at")
    LEAD_ID_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    TAKEN_VERSION_FIELD_NUMBER: _ClassVar[int]
    FIT_SCORE_FIELD_NUMBER: _ClassVar[int]
    BEHAVIOR_SCORE_FIELD_NUMBER: _ClassVar[int]
    GRADE_FIELD_NUMBER: _ClassVar[int]
    MATURE_FIELD_NUMBER: _ClassVar[int]
    MATURITIES_FIELD_NUMBER: _ClassVar[int]
    RULES_VERSION_FIELD_NUMBER: _ClassVar[int]
    SCORED_AT_FIELD_NUMBER: _ClassVar[int]
    lead_id: str
    version: int
    taken_version: int
    fit_score: int
    behavior_score: int
    grade: str
    mature: bool
    maturities: int
    rules_version: int
    scored_at: _timestamp_pb2.Timestamp
    def __init__(self, lead_id: _Optional[str] = ..., version: _Optional[int] = ..., taken_version: _Optional[int] = ..., fit_score: _Optional[int] = ..., behavior_score: _Optional[int] = ..., grade: _Optional[str] = ..., mature: _Optional[bool] = ..., maturities: _Optional[int] = ..., rules_version: _Optional[int] = ..., scored_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ScoreLeadResponse(_message.Message):
    __slots__ = ("score",)
    SCORE_FIELD_NUMBER: _ClassVar[int]
    score: Score
    def __init__(self, score: _Optional[_Union[Score, _Mapping]] = ...) -> None: ...

class RecordEngagementRequest(_message.Message):
    __slots__ = ("request_id", "lead_id", "kind", "occurred_at", "source_event_id")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    LEAD_ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    OCCURRED_AT_FIELD_NUMBER: _ClassVar[int]
    SOURCE_EVENT_ID_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    lead_id: str
    kind: str
    occurred_at: _timestamp_pb2.Timestamp
    source_event_id: str
    def __init__(self, request_id: _Optional[str] = ..., lead_id: _Optional[str] = ..., kind: _Optional[str] = ..., occurred_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., source_event_id: _Optional[str] = ...) -> None: ...

class RecordEngagementResponse(_message.Message):
    __slots__ = ("engagement_id", "score")
    ENGAGEMENT_ID_FIELD_NUMBER: _ClassVar[int]
    SCORE_FIELD_NUMBER: _ClassVar[int]
    engagement_id: str
    score: Score
    def __init__(self, engagement_id: _Optional[str] = ..., score: _Optional[_Union[Score, _Mapping]] = ...) -> None: ...

class GetScoreRequest(_message.Message):
    __slots__ = ("lead_id",)
    LEAD_ID_FIELD_NUMBER: _ClassVar[int]
    lead_id: str
    def __init__(self, lead_id: _Optional[str] = ...) -> None: ...

class GetScoreResponse(_message.Message):
    __slots__ = ("score",)
    SCORE_FIELD_NUMBER: _ClassVar[int]
    score: Score
    def __init__(self, score: _Optional[_Union[Score, _Mapping]] = ...) -> None: ...

class ExplainScoreRequest(_message.Message):
    __slots__ = ("lead_id",)
    LEAD_ID_FIELD_NUMBER: _ClassVar[int]
    lead_id: str
    def __init__(self, lead_id: _Optional[str] = ...) -> None: ...

class Contribution(_message.Message):
    __slots__ = ("rule_id", "part", "points", "engagements", "because")
    RULE_ID_FIELD_NUMBER: _ClassVar[int]
    PART_FIELD_NUMBER: _ClassVar[int]
    POINTS_FIELD_NUMBER: _ClassVar[int]
    ENGAGEMENTS_FIELD_NUMBER: _ClassVar[int]
    BECAUSE_FIELD_NUMBER: _ClassVar[int]
    rule_id: str
    part: str
    points: int
    engagements: int
    because: str
    def __init__(self, rule_id: _Optional[str] = ..., part: _Optional[str] = ..., points: _Optional[int] = ..., engagements: _Optional[int] = ..., because: _Optional[str] = ...) -> None: ...

class ExplainScoreResponse(_message.Message):
    __slots__ = ("score", "contributions", "facts")
    SCORE_FIELD_NUMBER: _ClassVar[int]
    CONTRIBUTIONS_FIELD_NUMBER: _ClassVar[int]
    FACTS_FIELD_NUMBER: _ClassVar[int]
    score: Score
    contributions: _containers.RepeatedCompositeFieldContainer[Contribution]
    facts: _lead_pb2.LeadFacts
    def __init__(self, score: _Optional[_Union[Score, _Mapping]] = ..., contributions: _Optional[_Iterable[_Union[Contribution, _Mapping]]] = ..., facts: _Optional[_Union[_lead_pb2.LeadFacts, _Mapping]] = ...) -> None: ...

class MarkTakenRequest(_message.Message):
    __slots__ = ("request_id", "lead_id", "version")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    LEAD_ID_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    lead_id: str
    version: int
    def __init__(self, request_id: _Optional[str] = ..., lead_id: _Optional[str] = ..., version: _Optional[int] = ...) -> None: ...

class MarkTakenResponse(_message.Message):
    __slots__ = ("taken_version",)
    TAKEN_VERSION_FIELD_NUMBER: _ClassVar[int]
    taken_version: int
    def __init__(self, taken_version: _Optional[int] = ...) -> None: ...

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
