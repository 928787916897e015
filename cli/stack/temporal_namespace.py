"""Make the namespace and the search attributes on a Temporal server, and wait until they are usable.

Over plain gRPC, not by the SDK's client: its threads can abort a short-lived process as it exits.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, cast

import grpc
from google.protobuf.duration_pb2 import Duration
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.api.operatorservice.v1.service_pb2_grpc import OperatorServiceStub
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import (
    CountWorkflowExecutionsRequest,
    DescribeNamespaceRequest,
    DescribeTaskQueueRequest,
    DescribeWorkflowExecutionRequest,
    GetSystemInfoRequest,
    RegisterNamespaceRequest,
)
from temporalio.api.workflowservice.v1.service_pb2_grpc import WorkflowServiceStub

from cli.stack.problem import StackProblem

# What operators filter by: "everything rep Li holds that is due today".
SEARCH_ATTRIBUTES = {
    "ClewState": IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
    "ClewOwner": IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
    "ClewDueAt": IndexedValueType.INDEXED_VALUE_TYPE_DATETIME,
}
EMBEDDED_RETENTION = timedelta(days=3)
ONE_CALL = 5.0


async def answers(address: str) -> bool:
    """Whether a Temporal frontend answers there."""
    return await server_version(address) is not None


async def server_version(address: str) -> str | None:
    async with _channel(address) as channel:
        try:
            system = await _workflows(channel).GetSystemInfo(GetSystemInfoRequest(), timeout=ONE_CALL)
        except grpc.aio.AioRpcError:
            return None
    return str(system.server_version)


async def prepare_namespace(
    address: str,
    namespace: str,
    *,
    retention: timedelta = EMBEDDED_RETENTION,
    within: timedelta = timedelta(seconds=60),
) -> None:
    """Register what is missing; return when every part of the server answers."""
    deadline = time.monotonic() + within.total_seconds()
    problem: str | None = None
    async with _channel(address) as channel:
        while time.monotonic() < deadline:
            try:
                await _register(channel, namespace, retention)
                await _add_attributes(channel, namespace)
                await _use(channel, namespace)
                return
            except grpc.aio.AioRpcError as not_yet:
                problem = not_yet.details()
                await asyncio.sleep(0.05)
    raise StackProblem(f"Temporal at {address} did not make the namespace {namespace} usable: {problem}")


@asynccontextmanager
async def _channel(address: str) -> AsyncIterator[grpc.aio.Channel]:
    # A server that is being started is asked again at once, not after gRPC's growing pauses.
    patience = [("grpc.initial_reconnect_backoff_ms", 50), ("grpc.max_reconnect_backoff_ms", 200)]
    async with grpc.aio.insecure_channel(address, options=patience) as channel:
        yield channel


def _workflows(channel: grpc.aio.Channel) -> Any:
    # The SDK types its stubs for blocking channels; on an asynchronous one their calls are awaited.
    return WorkflowServiceStub(cast(grpc.Channel, channel))


async def _register(channel: grpc.aio.Channel, namespace: str, retention: timedelta) -> None:
    service = _workflows(channel)
    try:
        await service.DescribeNamespace(DescribeNamespaceRequest(namespace=namespace), timeout=ONE_CALL)
    except grpc.aio.AioRpcError as missing:
        if missing.code() is not grpc.StatusCode.NOT_FOUND:
            raise
        period = Duration()
        period.FromTimedelta(retention)
        request = RegisterNamespaceRequest(namespace=namespace, workflow_execution_retention_period=period)
        await service.RegisterNamespace(request, timeout=ONE_CALL)


async def _add_attributes(channel: grpc.aio.Channel, namespace: str) -> None:
    operator: Any = OperatorServiceStub(cast(grpc.Channel, channel))
    listed = await operator.ListSearchAttributes(ListSearchAttributesRequest(namespace=namespace), timeout=ONE_CALL)
    missing = {name: kind for name, kind in SEARCH_ATTRIBUTES.items() if name not in listed.custom_attributes}
    if missing:
        request = AddSearchAttributesRequest(namespace=namespace, search_attributes=missing)
        await operator.AddSearchAttributes(request, timeout=ONE_CALL)


async def _use(channel: grpc.aio.Channel, namespace: str) -> None:
    """Ask each part of the server once: visibility, matching, history. One that is not up raises."""
    service = _workflows(channel)
    query = " OR ".join(f"{name} IS NOT NULL" for name in SEARCH_ATTRIBUTES)
    count = CountWorkflowExecutionsRequest(namespace=namespace, query=query)
    await service.CountWorkflowExecutions(count, timeout=ONE_CALL)
    queue = DescribeTaskQueueRequest(namespace=namespace, task_queue=TaskQueue(name="clew"))
    await service.DescribeTaskQueue(queue, timeout=ONE_CALL)
    nobody = WorkflowExecution(workflow_id="no-such-workflow")
    try:
        await service.DescribeWorkflowExecution(
            DescribeWorkflowExecutionRequest(namespace=namespace, execution=nobody), timeout=ONE_CALL
        )
    except grpc.aio.AioRpcError as answer:
        if answer.code() is not grpc.StatusCode.NOT_FOUND:
            raise
