"""Run one of Clew's commands with stand-ins for the services and workers.

`python stand_in.py up --folder F` starts the real PostgreSQL and Temporal; `serve ADDRESS` is a service.
"""

import asyncio
import sys
from pathlib import Path

import grpc
import typer
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_health.v1.health import aio as health  # type: ignore[attr-defined]  # the stubs lack it

from cli.doctor import doctor
from cli.stack import stack
from cli.stack.addresses import SERVICES, Addresses
from cli.stack.processes import Process
from cli.stack.readiness import serving, wrote
from cli.up import up


def stand_ins(addresses: Addresses, folder: Path, *, test_clock: bool = False) -> stack.Clew:
    def serve(service: str) -> Process:
        address = addresses.of(service)
        argv = (sys.executable, __file__, "serve", address)
        return Process(service, argv, serving(address), {"CLEW_TEST_CLOCK": str(int(test_clock))})

    def work(name: str) -> Process:
        argv = (sys.executable, "-c", "import time; time.sleep(600)", str(folder))
        return Process(name, argv, wrote(folder / f"{name}.ready", or_alive_for=0.1))

    return stack.Clew(tuple(map(serve, SERVICES)), tuple(map(work, stack.WORKERS)))


async def serve(address: str) -> None:
    server = grpc.aio.server()
    checks = health.HealthServicer()
    await checks.set("", health_pb2.HealthCheckResponse.SERVING)
    health_pb2_grpc.add_HealthServicer_to_server(checks, server)
    server.add_insecure_port(address)
    await server.start()
    await server.wait_for_termination()


def main() -> None:
    if sys.argv[1] == "serve":
        asyncio.run(serve(sys.argv[2]))
        return
    stack.clew_processes = stand_ins
    app = typer.Typer()
    app.command()(up)
    app.command()(doctor)
    app()


if __name__ == "__main__":
    main()
