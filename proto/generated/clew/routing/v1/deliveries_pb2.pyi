import datetime

from buf.validate import validate_pb2 as _validate_pb2
from clew.routing.v1 import notices_pb2 as _notices_pb2
from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Channel(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CHANNEL_UNSPECIFIED: _ClassVar[Channel]
    CHANNEL_EMAIL: _ClassVar[Channel]
    CHANNEL_WECOM: _ClassVar[Channel]
    CHANNEL_WEBHOOK: _ClassVar[Channel]

class DeliveryState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DELIVERY_STATE_UNSPECIFIED: _ClassVar[DeliveryState]
    DELIVERY_STATE_PENDING: _ClassVar[DeliveryState]
    DELIVERY_STATE_SENT: _ClassVar[DeliveryState]
    DELIVERY_STATE_FAILED: _ClassVar[DeliveryState]
    DELIVERY_STATE_SKIPPED: _ClassVar[DeliveryState]
CHANNEL_UNSPECIFIED: Channel
CHANNEL_EMAIL: Channel
CHANNEL_WECOM: Channel
CHANNEL_WEBHOOK: Channel
DELIVERY_STATE_UNSPECIFIED: DeliveryState
DELIVERY_STATE_PENDING: DeliveryState
DELIVERY_STATE_SENT: DeliveryState
DELIVERY_STATE_FAILED: DeliveryState
DELIVERY_STATE_SKIPPED: DeliveryState

class Recipient(_message.Message):
    __slots__ = ("rep_code", "team_code", "pool_code")
    REP_CODE_FIELD_NUMBER: _ClassVar[int]
    TEAM_CODE_FIELD_NUMBER: _ClassVar[int]
    POOL_CODE_FIELD_NUMBER: _ClassVar[int]
    rep_code: str
    team_code: str
    pool_code: str
    def __init__(self, rep_code: _Optional[str] = ..., team_code: _Optional[str] = ..., pool_code: _Optional[str] = ...) -> None: ...

class Contact(_message.Message):
    __slots__ = ("channels", "language", "zone", "quiet_from", "quiet_to", "urgent_waits", "digest_every")
    CHANNELS_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_FIELD_NUMBER: _ClassVar[int]
    ZONE_FIELD_NUMBER: _ClassVar[int]
    QUIET_FROM_FIELD_NUMBER: _ClassVar[int]
    QUIET_TO_FIELD_NUMBER: _ClassVar[int]
    URGENT_WAITS_FIELD_NUMBER: _ClassVar[int]
    DIGEST_EVERY_FIELD_NUMBER: _ClassVar[int]
    channels: _containers.RepeatedCompositeFieldContainer[ContactChannel]
    language: str
    zone: str
    quiet_from: str
    quiet_to: str
    urgent_waits: bool
    digest_every: _duration_pb2.Duration
    def __init__(self, channels: _Optional[_Iterable[_Union[ContactChannel, _Mapping]]] = ..., language: _Optional[str] = ..., zone: _Optional[str] = ..., quiet_from: _Optional[str] = ..., quiet_to: _Optional[str] = ..., urgent_waits: _Optional[bool] = ..., digest_every: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ...) -> None: ...

class ContactChannel(_message.Message):
    __slots__ = ("channel", "address", "kinds", "secret", "has_secret")
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    KINDS_FIELD_NUMBER: _ClassVar[int]
    SECRET_FIELD_NUMBER: _ClassVar[int]
    HAS_SECRET_FIELD_NUMBER: _ClassVar[int]
    channel: Channel
    address: str
    kinds: _containers.RepeatedScalarFieldContainer[_notices_pb2.NoticeKind]
    secret: str
    has_secret: bool
    def __init__(self, channel: _Optional[_Union[Channel, str]] = ..., address: _Optional[str] = ..., kinds: _Optional[_Iterable[_Union[_notices_pb2.NoticeKind, str]]] = ..., secret: _Optional[str] = ..., has_secret: _Optional[bool] = ...) -> None: ...

class SetContactRequest(_message.Message):
    __slots__ = ("request_id", "recipient", "contact")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    RECIPIENT_FIELD_NUMBER: _ClassVar[int]
    CONTACT_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    recipient: Recipient
    contact: Contact
    def __init__(self, request_id: _Optional[str] = ..., recipient: _Optional[_Union[Recipient, _Mapping]] = ..., contact: _Optional[_Union[Contact, _Mapping]] = ...) -> None: ...

class SetContactResponse(_message.Message):
    __slots__ = ("off",)
    OFF_FIELD_NUMBER: _ClassVar[int]
    off: _containers.RepeatedScalarFieldContainer[Channel]
    def __init__(self, off: _Optional[_Iterable[_Union[Channel, str]]] = ...) -> None: ...

class GetContactRequest(_message.Message):
    __slots__ = ("recipient",)
    RECIPIENT_FIELD_NUMBER: _ClassVar[int]
    recipient: Recipient
    def __init__(self, recipient: _Optional[_Union[Recipient, _Mapping]] = ...) -> None: ...

class GetContactResponse(_message.Message):
    __slots__ = ("contact", "updated_at")
    CONTACT_FIELD_NUMBER: _ClassVar[int]
    UPDATED_AT_FIELD_NUMBER: _ClassVar[int]
    contact: Contact
    updated_at: _timestamp_pb2.Timestamp
    def __init__(self, contact: _Optional[_Union[Contact, _Mapping]] = ..., updated_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class TestContactRequest(_message.Message):
    __slots__ = ("recipient",)
    RECIPIENT_FIELD_NUMBER: _ClassVar[int]
    recipient: Recipient
    def __init__(self, recipient: _Optional[_Union[Recipient, _Mapping]] = ...) -> None: ...

class TestContactResponse(_message.Message):
    __slots__ = ("trials",)
    TRIALS_FIELD_NUMBER: _ClassVar[int]
    trials: _containers.RepeatedCompositeFieldContainer[Trial]
    def __init__(self, trials: _Optional[_Iterable[_Union[Trial, _Mapping]]] = ...) -> None: ...

class Trial(_message.Message):
    __slots__ = ("channel", "state", "code", "provider_id")
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    PROVIDER_ID_FIELD_NUMBER: _ClassVar[int]
    channel: Channel
    state: DeliveryState
    code: str
    provider_id: str
    def __init__(self, channel: _Optional[_Union[Channel, str]] = ..., state: _Optional[_Union[DeliveryState, str]] = ..., code: _Optional[str] = ..., provider_id: _Optional[str] = ...) -> None: ...

class Delivery(_message.Message):
    __slots__ = ("delivery_id", "channel", "state", "why", "attempts", "next_attempt_at", "error", "sent_at", "provider_id", "message_id", "notice")
    DELIVERY_ID_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    WHY_FIELD_NUMBER: _ClassVar[int]
    ATTEMPTS_FIELD_NUMBER: _ClassVar[int]
    NEXT_ATTEMPT_AT_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    SENT_AT_FIELD_NUMBER: _ClassVar[int]
    PROVIDER_ID_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_ID_FIELD_NUMBER: _ClassVar[int]
    NOTICE_FIELD_NUMBER: _ClassVar[int]
    delivery_id: str
    channel: Channel
    state: DeliveryState
    why: str
    attempts: int
    next_attempt_at: _timestamp_pb2.Timestamp
    error: str
    sent_at: _timestamp_pb2.Timestamp
    provider_id: str
    message_id: str
    notice: _notices_pb2.Notice
    def __init__(self, delivery_id: _Optional[str] = ..., channel: _Optional[_Union[Channel, str]] = ..., state: _Optional[_Union[DeliveryState, str]] = ..., why: _Optional[str] = ..., attempts: _Optional[int] = ..., next_attempt_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., error: _Optional[str] = ..., sent_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., provider_id: _Optional[str] = ..., message_id: _Optional[str] = ..., notice: _Optional[_Union[_notices_pb2.Notice, _Mapping]] = ...) -> None: ...

class ListDeliveriesRequest(_message.Message):
    __slots__ = ("page_size", "page_token", "recipient", "state", "notice_id")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    RECIPIENT_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    NOTICE_ID_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    recipient: Recipient
    state: DeliveryState
    notice_id: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., recipient: _Optional[_Union[Recipient, _Mapping]] = ..., state: _Optional[_Union[DeliveryState, str]] = ..., notice_id: _Optional[str] = ...) -> None: ...

class ListDeliveriesResponse(_message.Message):
    __slots__ = ("deliveries", "next_page_token")
    DELIVERIES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    deliveries: _containers.RepeatedCompositeFieldContainer[Delivery]
    next_page_token: str
    def __init__(self, deliveries: _Optional[_Iterable[_Union[Delivery, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class RetryDeliveryRequest(_message.Message):
    __slots__ = ("request_id", "delivery_id")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    DELIVERY_ID_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    delivery_id: str
    def __init__(self, request_id: _Optional[str] = ..., delivery_id: _Optional[str] = ...) -> None: ...

class RetryDeliveryResponse(_message.Message):
    __slots__ = ("deliveries",)
    DELIVERIES_FIELD_NUMBER: _ClassVar[int]
    deliveries: _containers.RepeatedCompositeFieldContainer[Delivery]
    def __init__(self, deliveries: _Optional[_Iterable[_Union[Delivery, _Mapping]]] = ...) -> None: ...

class WatchNoticesRequest(_message.Message):
    __slots__ = ("recipient", "after_notice_id")
    RECIPIENT_FIELD_NUMBER: _ClassVar[int]
    AFTER_NOTICE_ID_FIELD_NUMBER: _ClassVar[int]
    recipient: Recipient
    after_notice_id: str
    def __init__(self, recipient: _Optional[_Union[Recipient, _Mapping]] = ..., after_notice_id: _Optional[str] = ...) -> None: ...

class WatchNoticesResponse(_message.Message):
    __slots__ = ("notice",)
    NOTICE_FIELD_NUMBER: _ClassVar[int]
    notice: _notices_pb2.Notice
    def __init__(self, notice: _Optional[_Union[_notices_pb2.Notice, _Mapping]] = ...) -> None: ...
