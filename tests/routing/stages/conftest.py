"""The command line on a live routing service."""

import os
import sys
from asyncio import create_subprocess_exec
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from clew.routing.v1.leads_pb2_grpc import add_LeadServiceServicer_to_server
from clew.routing.v1.roster_pb2_grpc import add_RosterServiceServicer_to_server
from clew.routing.v1.stages_pb2_grpc import add_StageServiceServicer_to_server
from cli.stack.ports import free_ports
from services.routing.access import METHODS
from services.routing.leads.servicer import LeadServicer
from services.routing.roster.servicer import RosterServicer
from services.routing.stages.servicer import StageServicer
from services.shared.grpc_server import Servicer, make_server

Run = Callable[..., Awaitable[tuple[int, str, str]]]


@pytest.fixture(scope="module")
async def clew(engine: AsyncEngine) -> AsyncIterator[Run]:
    """Runs `clew`, given its words and who acts; answers its exit code, what it printed, and its complaints."""
    servicers: list[Servicer] = [
        (add_RosterServiceServicer_to_server, RosterServicer(engine), "clew.routing.v1.RosterService"),
        (add_LeadServiceServicer_to_server, LeadServicer(engine), "clew.routing.v1.LeadService"),
        (add_StageServiceServicer_to_server, StageServicer(engine), "clew.routing.v1.StageService"),
    ]
    server, _ = make_server(servicers, METHODS)
    [port] = free_ports(1)
    server.add_insecure_port(f"127.0.0.1:{port}")
    await server.start()
    addresses = {f"CLEW_{name}_ADDRESS": f"127.0.0.1:{port}" for name in ("INTAKE", "SCORING", "ROUTING", "CONVERSION")}

    async def run(*words: str, as_: str = "manager:wang") -> tuple[int, str, str]:
        environment = {**os.environ, **addresses, "CLEW_AS": as_, "COLUMNS": "160", "TZ": "UTC", "NO_COLOR": "1"}
        process = await create_subprocess_exec(
            sys.executable, "-m", "cli", *words, env=environment, stdout=PIPE, stderr=PIPE
        )
        printed, complaints = await process.communicate()
        return process.returncode or 0, printed.decode(), complaints.decode()

    yield run
    await server.stop(None)
