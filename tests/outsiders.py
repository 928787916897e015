"""What an outsider hears of a lead by each method of a service, to be compared with what he hears of an unknown one."""

import re
from collections.abc import Collection, Mapping
from typing import Any, cast
from uuid import uuid4

import grpc
import grpc.aio
from google.protobuf import descriptor_pool, message_factory
from grpc_status import rpc_status

from services.shared.callers import Caller, Role
from services.shared.channels import caller_metadata

# Who may not know of a hidden lead, unless he works on it.
OUTSIDERS = (Role.REP, Role.MARKETER)
AN_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
AN_INSTANT = re.compile(r"(seconds|nanos): \d+")


def asked_by_outsiders(
    service: str, methods: Mapping[str, Collection[Role]], but: Collection[str] = ()
) -> list[tuple[str, Role]]:
    """Every method of a service that an outsider may call, with his role, but those that have tests of their own."""
    described = descriptor_pool.Default().FindServiceByName(service).methods
    return [
        (method.name, role)
        for method in described
        for role in OUTSIDERS
        if role in methods[method.name] and method.name not in but
    ]


def an_outsider(role: Role) -> Caller:
    return Caller(str(uuid4()) if role is Role.REP else "zhao", role)


async def hears(stub: Any, service: str, method: str, caller: Caller, **fields: Any) -> str:
    """All that comes back when a method is asked with those of the fields that it has, whatever ids were drawn."""
    described = descriptor_pool.Default().FindMethodByName(f"{service}.{method}").input_type
    has = {name: value for name, value in fields.items() if name in described.fields_by_name}
    request = message_factory.GetMessageClass(described)(**has)
    try:
        told = str(await getattr(stub, method)(request, metadata=caller_metadata(caller)))
    except grpc.aio.AioRpcError as error:
        told = f"{error.code()} {error.details()} {rpc_status.from_call(cast(grpc.Call, error))}"
    return AN_INSTANT.sub("AN INSTANT", AN_ID.sub("AN ID", told))
