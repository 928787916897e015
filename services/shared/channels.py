"""The client side: a channel that reconnects fast, waits for a service that restarts, and retries what is safe."""

import json
from typing import Any

import grpc.aio

from services.shared.callers import CALLER_ID, CALLER_ROLE, Caller
from services.shared.tracing import TracedClient

# The call did not take effect, or it did and its request id answers the same again. A server that ends says CANCELLED
# to a call that has reached it and was not begun; one that the client itself gave up is not tried again.
SERVICE_CONFIG = {
    "methodConfig": [
        {
            "name": [{}],
            "waitForReady": True,
            "retryPolicy": {
                "maxAttempts": 5,
                "initialBackoff": "0.1s",
                "maxBackoff": "2s",
                "backoffMultiplier": 2,
                "retryableStatusCodes": ["UNAVAILABLE", "CANCELLED"],
            },
        }
    ],
    "retryThrottling": {"maxTokens": 100, "tokenRatio": 0.1},
}
OPTIONS: list[tuple[str, Any]] = [
    ("grpc.service_config", json.dumps(SERVICE_CONFIG)),
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.min_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 1_000),
    ("grpc.keepalive_time_ms", 60_000),
    ("grpc.keepalive_timeout_ms", 20_000),
    ("grpc.max_receive_message_length", 4 << 20),
]


def open_channel(address: str) -> grpc.aio.Channel:
    """A channel to one of our services, as every client of ours opens it."""
    return grpc.aio.insecure_channel(address, options=OPTIONS, interceptors=[TracedClient()])  # type: ignore[list-item]  # the stub says: cast or ignore


def caller_metadata(caller: Caller) -> tuple[tuple[str, str], ...]:
    """What a call says of who makes it."""
    return ((CALLER_ID, caller.id), (CALLER_ROLE, str(caller.role)))
