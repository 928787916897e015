from buf.validate import validate_pb2 as _validate_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class PolicyRule(_message.Message):
    __slots__ = ("rule_id", "expression", "policy_code")
    RULE_ID_FIELD_NUMBER: _ClassVar[int]
    EXPRESSION_FIELD_NUMBER: _ClassVar[int]
    POLICY_CODE_FIELD_NUMBER: _ClassVar[int]
    rule_id: str
    expression: str
    policy_code: str
    def __init__(self, rule_id: _Optional[str] = ..., expression: _Optional[str] = ..., policy_code: _Optional[str] = ...) -> None: ...

class SwitchPolicyRequest(_message.Message):
    __slots__ = ("request_id", "policy_code", "enabled")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    POLICY_CODE_FIELD_NUMBER: _ClassVar[int]
    ENABLED_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    policy_code: str
    enabled: bool
    def __init__(self, request_id: _Optional[str] = ..., policy_code: _Optional[str] = ..., enabled: _Optional[bool] = ...) -> None: ...

class SwitchPolicyResponse(_message.Message):
    __slots__ = ("rebasing", "rebasing_id")
    REBASING_FIELD_NUMBER: _ClassVar[int]
    REBASING_ID_FIELD_NUMBER: _ClassVar[int]
    rebasing: int
    rebasing_id: str
    def __init__(self, rebasing: _Optional[int] = ..., rebasing_id: _Optional[str] = ...) -> None: ...

class PublishPolicyRulesRequest(_message.Message):
    __slots__ = ("request_id", "rules")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    RULES_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    rules: _containers.RepeatedCompositeFieldContainer[PolicyRule]
    def __init__(self, request_id: _Optional[str] = ..., rules: _Optional[_Iterable[_Union[PolicyRule, _Mapping]]] = ...) -> None: ...

class PublishPolicyRulesResponse(_message.Message):
    __slots__ = ("version",)
    VERSION_FIELD_NUMBER: _ClassVar[int]
    version: int
    def __init__(self, version: _Optional[int] = ...) -> None: ...

class GetPolicyRulesRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class GetPolicyRulesResponse(_message.Message):
    __slots__ = ("version", "rules")
    VERSION_FIELD_NUMBER: _ClassVar[int]
    RULES_FIELD_NUMBER: _ClassVar[int]
    version: int
    rules: _containers.RepeatedCompositeFieldContainer[PolicyRule]
    def __init__(self, version: _Optional[int] = ..., rules: _Optional[_Iterable[_Union[PolicyRule, _Mapping]]] = ...) -> None: ...
