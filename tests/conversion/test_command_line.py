"""`clew opportunity …` as people type it."""

import json
import os
import sys
from asyncio import create_subprocess_exec
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from clew.conversion.v1.conversion_pb2_grpc import ConversionServiceStub
from clew.conversion.v1.opportunities_pb2_grpc import add_OpportunityServiceServicer_to_server
from cli.stack.ports import free_ports
from services.conversion.access import METHODS
from services.conversion.servicer_opportunities import OpportunityServicer
from services.shared.grpc_server import make_server
from tests.conversion.test_converting import new_id
from tests.conversion.test_opportunities import a_conversion

Run = Callable[..., Awaitable[tuple[int, str, str]]]


@pytest.fixture(scope="module")
async def clew(engine: AsyncEngine) -> AsyncIterator[Run]:
    """Runs `clew opportunity`, given the other words; answers its exit code, what it printed, and its complaints."""
    added = (
        add_OpportunityServiceServicer_to_server,
        OpportunityServicer(engine),
        "clew.conversion.v1.OpportunityService",
    )
    server, _ = make_server([added], METHODS)
    [port] = free_ports(1)
    server.add_insecure_port(f"127.0.0.1:{port}")
    await server.start()
    addresses = {f"CLEW_{name}_ADDRESS": f"127.0.0.1:{port}" for name in ("INTAKE", "SCORING", "ROUTING", "CONVERSION")}

    async def run(*words: str) -> tuple[int, str, str]:
        environment = {**os.environ, **addresses, "CLEW_AS": "manager:wang", "COLUMNS": "160", "NO_COLOR": "1"}
        process = await create_subprocess_exec(
            sys.executable, "-m", "cli", "opportunity", *words, env=environment, stdout=PIPE, stderr=PIPE
        )
        printed, complaints = await process.communicate()
        return process.returncode or 0, printed.decode(), complaints.decode()

    yield run
    await server.stop(None)


async def test_an_opportunity_is_closed_from_the_command_line(conversion: ConversionServiceStub, clew: Run) -> None:
    made = await a_conversion(conversion, new_id())

    closed = await clew("close", made.opportunity_id, "--lost", "--reason", "PRICE", "--json")
    shown = await clew("show", made.opportunity_id)

    assert json.loads(closed[1])["opportunity"]["state"] == "OPPORTUNITY_STATE_LOST"
    assert "LOST" in shown[1]
    assert "PRICE" in shown[1]
    assert "by wang" in shown[1]


async def test_a_loss_without_a_reason_is_refused_in_words(conversion: ConversionServiceStub, clew: Run) -> None:
    made = await a_conversion(conversion, new_id())

    code, _, complaints = await clew("close", made.opportunity_id, "--lost")

    assert code != 0
    assert "Say why it was lost" in complaints
