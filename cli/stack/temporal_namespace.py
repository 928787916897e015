"""Make the namespace and the search attributes on a Temporal server, and wait until they are usable."""

import asyncio
import time
from datetime import timedelta

from google.protobuf.duration_pb2 import Duration
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import (
    DescribeNamespaceRequest,
    DescribeTaskQueueRequest,
    GetSystemInfoRequest,
    RegisterNamespaceRequest,
)
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from cli.stack.problem import StackProblem

# What operators filter by: "everything rep Li holds that is due today".
SEARCH_ATTRIBUTES = {
    "ClewState": IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
    "ClewOwner": IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
    "ClewDueAt": IndexedValueType.INDEXED_VALUE_TYPE_DATETIME,
}
EMBEDDED_RETENTION = timedelta(days=3)
ONE_CALL = timedelta(seconds=5)


async def answers(address: str) -> bool:
    """Whether a Temporal frontend answers there."""
    try:
        client = await asyncio.wait_for(Client.connect(address), ONE_CALL.total_seconds())
        await client.workflow_service.get_system_info(GetSystemInfoRequest(), timeout=ONE_CALL)
    except (RPCError, RuntimeError, TimeoutError):
        return False
    return True


async def server_version(address: str) -> str:
    client = await Client.connect(address)
    system = await client.workflow_service.get_system_info(GetSystemInfoRequest(), timeout=ONE_CALL)
    return system.server_version


async def prepare_namespace(
    address: str,
    namespace: str,
    *,
    retention: timedelta = EMBEDDED_RETENTION,
    within: timedelta = timedelta(seconds=60),
) -> None:
    """Register what is missing; return when every part of the server answers."""
    deadline = time.monotonic() + within.total_seconds()
    problem: RPCError | RuntimeError | None = None
    while time.monotonic() < deadline:
        try:
            client = await Client.connect(address, namespace=namespace)
            await _register(client, namespace, retention)
            await _add_attributes(client, namespace)
            await _use(client, namespace)
            return
        except (RPCError, RuntimeError) as not_yet:  # RuntimeError: the connection was refused
            problem = not_yet
            await asyncio.sleep(0.05)
    raise StackProblem(f"Temporal at {address} did not make the namespace {namespace} usable: {problem}")


async def _register(client: Client, namespace: str, retention: timedelta) -> None:
    period = Duration()
    period.FromTimedelta(retention)
    describe = DescribeNamespaceRequest(namespace=namespace)
    try:
        await client.workflow_service.describe_namespace(describe, timeout=ONE_CALL)
    except RPCError as missing:
        if missing.status != RPCStatusCode.NOT_FOUND:
            raise
        request = RegisterNamespaceRequest(namespace=namespace, workflow_execution_retention_period=period)
        await client.workflow_service.register_namespace(request, timeout=ONE_CALL)


async def _add_attributes(client: Client, namespace: str) -> None:
    listed = await client.operator_service.list_search_attributes(
        ListSearchAttributesRequest(namespace=namespace), timeout=ONE_CALL
    )
    missing = {name: kind for name, kind in SEARCH_ATTRIBUTES.items() if name not in listed.custom_attributes}
    if missing:
        await client.operator_service.add_search_attributes(
            AddSearchAttributesRequest(namespace=namespace, search_attributes=missing), timeout=ONE_CALL
        )


async def _use(client: Client, namespace: str) -> None:
    """Ask each part of the server once: visibility, matching, history. One that is not up raises."""
    await client.count_workflows(" OR ".join(f"{name} IS NOT NULL" for name in SEARCH_ATTRIBUTES))
    any_queue = DescribeTaskQueueRequest(namespace=namespace, task_queue=TaskQueue(name="clew"))
    await client.workflow_service.describe_task_queue(any_queue, timeout=ONE_CALL)
    try:
        await client.get_workflow_handle("no-such-workflow").describe(rpc_timeout=ONE_CALL)
    except RPCError as answer:
        if answer.status != RPCStatusCode.NOT_FOUND:
            raise
