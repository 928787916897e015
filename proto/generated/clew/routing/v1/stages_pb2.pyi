import datetime

from buf.validate import validate_pb2 as _validate_pb2
from clew.lead.v1 import lead_pb2 as _lead_pb2
from clew.routing.v1 import holdings_pb2 as _holdings_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class LeadStage(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    LEAD_STAGE_UNSPECIFIED: _ClassVar[LeadStage]
    LEAD_STAGE_PROSPECT: _ClassVar[LeadStage]
    LEAD_STAGE_MQL: _ClassVar[LeadStage]
    LEAD_STAGE_SAL: _ClassVar[LeadStage]
    LEAD_STAGE_SQL: _ClassVar[LeadStage]
    LEAD_STAGE_OPPORTUNITY: _ClassVar[LeadStage]
    LEAD_STAGE_WON: _ClassVar[LeadStage]
    LEAD_STAGE_LOST: _ClassVar[LeadStage]

class StageFact(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    STAGE_FACT_UNSPECIFIED: _ClassVar[StageFact]
    STAGE_FACT_FIRST_RESPONSE_MET: _ClassVar[StageFact]
    STAGE_FACT_CONNECTED_FOLLOW_UP: _ClassVar[StageFact]
LEAD_STAGE_UNSPECIFIED: LeadStage
LEAD_STAGE_PROSPECT: LeadStage
LEAD_STAGE_MQL: LeadStage
LEAD_STAGE_SAL: LeadStage
LEAD_STAGE_SQL: LeadStage
LEAD_STAGE_OPPORTUNITY: LeadStage
LEAD_STAGE_WON: LeadStage
LEAD_STAGE_LOST: LeadStage
STAGE_FACT_UNSPECIFIED: StageFact
STAGE_FACT_FIRST_RESPONSE_MET: StageFact
STAGE_FACT_CONNECTED_FOLLOW_UP: StageFact

class AcceptLeadRequest(_message.Message):
    __slots__ = ("request_id", "holding_id")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    HOLDING_ID_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    holding_id: str
    def __init__(self, request_id: _Optional[str] = ..., holding_id: _Optional[str] = ...) -> None: ...

class AcceptLeadResponse(_message.Message):
    __slots__ = ("holding", "stage")
    HOLDING_FIELD_NUMBER: _ClassVar[int]
    STAGE_FIELD_NUMBER: _ClassVar[int]
    holding: _holdings_pb2.Holding
    stage: LeadStage
    def __init__(self, holding: _Optional[_Union[_holdings_pb2.Holding, _Mapping]] = ..., stage: _Optional[_Union[LeadStage, str]] = ...) -> None: ...

class RejectLeadRequest(_message.Message):
    __slots__ = ("request_id", "holding_id", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    HOLDING_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    holding_id: str
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., holding_id: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class RejectLeadResponse(_message.Message):
    __slots__ = ("state",)
    STATE_FIELD_NUMBER: _ClassVar[int]
    state: _lead_pb2.LeadState
    def __init__(self, state: _Optional[_Union[_lead_pb2.LeadState, str]] = ...) -> None: ...

class HandOffRequest(_message.Message):
    __slots__ = ("request_id", "holding_id", "rep_code")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    HOLDING_ID_FIELD_NUMBER: _ClassVar[int]
    REP_CODE_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    holding_id: str
    rep_code: str
    def __init__(self, request_id: _Optional[str] = ..., holding_id: _Optional[str] = ..., rep_code: _Optional[str] = ...) -> None: ...

class HandOffResponse(_message.Message):
    __slots__ = ("holding", "credited_rep_code")
    HOLDING_FIELD_NUMBER: _ClassVar[int]
    CREDITED_REP_CODE_FIELD_NUMBER: _ClassVar[int]
    holding: _holdings_pb2.Holding
    credited_rep_code: str
    def __init__(self, holding: _Optional[_Union[_holdings_pb2.Holding, _Mapping]] = ..., credited_rep_code: _Optional[str] = ...) -> None: ...

class SetVerificationTeamRequest(_message.Message):
    __slots__ = ("request_id", "team_code", "verifies")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    TEAM_CODE_FIELD_NUMBER: _ClassVar[int]
    VERIFIES_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    team_code: str
    verifies: bool
    def __init__(self, request_id: _Optional[str] = ..., team_code: _Optional[str] = ..., verifies: _Optional[bool] = ...) -> None: ...

class SetVerificationTeamResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class AddCollaboratorRequest(_message.Message):
    __slots__ = ("request_id", "holding_id", "rep_code")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    HOLDING_ID_FIELD_NUMBER: _ClassVar[int]
    REP_CODE_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    holding_id: str
    rep_code: str
    def __init__(self, request_id: _Optional[str] = ..., holding_id: _Optional[str] = ..., rep_code: _Optional[str] = ...) -> None: ...

class Collaborator(_message.Message):
    __slots__ = ("rep_code", "since", "until", "added_by")
    REP_CODE_FIELD_NUMBER: _ClassVar[int]
    SINCE_FIELD_NUMBER: _ClassVar[int]
    UNTIL_FIELD_NUMBER: _ClassVar[int]
    ADDED_BY_FIELD_NUMBER: _ClassVar[int]
    rep_code: str
    since: _timestamp_pb2.Timestamp
    until: _timestamp_pb2.Timestamp
    added_by: str
    def __init__(self, rep_code: _Optional[str] = ..., since: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., until: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., added_by: _Optional[str] = ...) -> None: ...

class AddCollaboratorResponse(_message.Message):
    __slots__ = ("collaborator",)
    COLLABORATOR_FIELD_NUMBER: _ClassVar[int]
    collaborator: Collaborator
    def __init__(self, collaborator: _Optional[_Union[Collaborator, _Mapping]] = ...) -> None: ...

class RemoveCollaboratorRequest(_message.Message):
    __slots__ = ("request_id", "holding_id", "rep_code")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    HOLDING_ID_FIELD_NUMBER: _ClassVar[int]
    REP_CODE_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    holding_id: str
    rep_code: str
    def __init__(self, request_id: _Optional[str] = ..., holding_id: _Optional[str] = ..., rep_code: _Optional[str] = ...) -> None: ...

class RemoveCollaboratorResponse(_message.Message):
    __slots__ = ("collaborator",)
    COLLABORATOR_FIELD_NUMBER: _ClassVar[int]
    collaborator: Collaborator
    def __init__(self, collaborator: _Optional[_Union[Collaborator, _Mapping]] = ...) -> None: ...

class ListCollaboratorsRequest(_message.Message):
    __slots__ = ("holding_id", "page_size", "page_token")
    HOLDING_ID_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    holding_id: str
    page_size: int
    page_token: str
    def __init__(self, holding_id: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListCollaboratorsResponse(_message.Message):
    __slots__ = ("collaborators", "next_page_token")
    COLLABORATORS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    collaborators: _containers.RepeatedCompositeFieldContainer[Collaborator]
    next_page_token: str
    def __init__(self, collaborators: _Optional[_Iterable[_Union[Collaborator, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class AdvanceStageRequest(_message.Message):
    __slots__ = ("request_id", "holding_id", "stage")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    HOLDING_ID_FIELD_NUMBER: _ClassVar[int]
    STAGE_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    holding_id: str
    stage: LeadStage
    def __init__(self, request_id: _Optional[str] = ..., holding_id: _Optional[str] = ..., stage: _Optional[_Union[LeadStage, str]] = ...) -> None: ...

class AdvanceStageResponse(_message.Message):
    __slots__ = ("change",)
    CHANGE_FIELD_NUMBER: _ClassVar[int]
    change: StageChange
    def __init__(self, change: _Optional[_Union[StageChange, _Mapping]] = ...) -> None: ...

class StageChange(_message.Message):
    __slots__ = ("from_stage", "to_stage", "changed_at", "actor_id", "actor_role", "cause", "criteria_version", "holding_id")
    FROM_STAGE_FIELD_NUMBER: _ClassVar[int]
    TO_STAGE_FIELD_NUMBER: _ClassVar[int]
    CHANGED_AT_FIELD_NUMBER: _ClassVar[int]
    ACTOR_ID_FIELD_NUMBER: _ClassVar[int]
    ACTOR_ROLE_FIELD_NUMBER: _ClassVar[int]
    CAUSE_FIELD_NUMBER: _ClassVar[int]
    CRITERIA_VERSION_FIELD_NUMBER: _ClassVar[int]
    HOLDING_ID_FIELD_NUMBER: _ClassVar[int]
    from_stage: LeadStage
    to_stage: LeadStage
    changed_at: _timestamp_pb2.Timestamp
    actor_id: str
    actor_role: str
    cause: str
    criteria_version: str
    holding_id: str
    def __init__(self, from_stage: _Optional[_Union[LeadStage, str]] = ..., to_stage: _Optional[_Union[LeadStage, str]] = ..., changed_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., actor_id: _Optional[str] = ..., actor_role: _Optional[str] = ..., cause: _Optional[str] = ..., criteria_version: _Optional[str] = ..., holding_id: _Optional[str] = ...) -> None: ...

class ListStagesRequest(_message.Message):
    __slots__ = ("lead_id", "page_size", "page_token")
    LEAD_ID_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    lead_id: str
    page_size: int
    page_token: str
    def __init__(self, lead_id: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListStagesResponse(_message.Message):
    __slots__ = ("stage", "changes", "next_page_token", "credited_rep_code")
    STAGE_FIELD_NUMBER: _ClassVar[int]
    CHANGES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    CREDITED_REP_CODE_FIELD_NUMBER: _ClassVar[int]
    stage: LeadStage
    changes: _containers.RepeatedCompositeFieldContainer[StageChange]
    next_page_token: str
    credited_rep_code: str
    def __init__(self, stage: _Optional[_Union[LeadStage, str]] = ..., changes: _Optional[_Iterable[_Union[StageChange, _Mapping]]] = ..., next_page_token: _Optional[str] = ..., credited_rep_code: _Optional[str] = ...) -> None: ...

class StageCriteria(_message.Message):
    __slots__ = ("stage", "expression", "facts")
    STAGE_FIELD_NUMBER: _ClassVar[int]
    EXPRESSION_FIELD_NUMBER: _ClassVar[int]
    FACTS_FIELD_NUMBER: _ClassVar[int]
    stage: LeadStage
    expression: str
    facts: _containers.RepeatedScalarFieldContainer[StageFact]
    def __init__(self, stage: _Optional[_Union[LeadStage, str]] = ..., expression: _Optional[str] = ..., facts: _Optional[_Iterable[_Union[StageFact, str]]] = ...) -> None: ...

class PublishStageCriteriaRequest(_message.Message):
    __slots__ = ("request_id", "criteria")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    CRITERIA_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    criteria: _containers.RepeatedCompositeFieldContainer[StageCriteria]
    def __init__(self, request_id: _Optional[str] = ..., criteria: _Optional[_Iterable[_Union[StageCriteria, _Mapping]]] = ...) -> None: ...

class PublishStageCriteriaResponse(_message.Message):
    __slots__ = ("criteria_version",)
    CRITERIA_VERSION_FIELD_NUMBER: _ClassVar[int]
    criteria_version: str
    def __init__(self, criteria_version: _Optional[str] = ...) -> None: ...

class ReopenLeadRequest(_message.Message):
    __slots__ = ("request_id", "lead_id")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    LEAD_ID_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    lead_id: str
    def __init__(self, request_id: _Optional[str] = ..., lead_id: _Optional[str] = ...) -> None: ...

class ReopenLeadResponse(_message.Message):
    __slots__ = ("state",)
    STATE_FIELD_NUMBER: _ClassVar[int]
    state: _lead_pb2.LeadState
    def __init__(self, state: _Optional[_Union[_lead_pb2.LeadState, str]] = ...) -> None: ...

class VoidLeadRequest(_message.Message):
    __slots__ = ("request_id", "lead_id", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    LEAD_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    lead_id: str
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., lead_id: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class VoidLeadResponse(_message.Message):
    __slots__ = ("state",)
    STATE_FIELD_NUMBER: _ClassVar[int]
    state: _lead_pb2.LeadState
    def __init__(self, state: _Optional[_Union[_lead_pb2.LeadState, str]] = ...) -> None: ...
