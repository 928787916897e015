"""A bare grpc.aio server: answers every call with the same bytes, reads nothing, checks nothing.

`python -m bench.echo PORT REPLY`, the reply in hexadecimal.
"""

import asyncio
import sys

import grpc.aio


class Echo(grpc.GenericRpcHandler):  # type: ignore[type-arg]  # generic in its stub alone
    def __init__(self, reply: bytes) -> None:
        async def answer(_request: bytes, _context: "grpc.aio.ServicerContext[bytes, bytes]") -> bytes:
            return reply

        self._handler = grpc.unary_unary_rpc_method_handler(answer)

    def service(self, _details: grpc.HandlerCallDetails) -> "grpc.RpcMethodHandler[bytes, bytes]":
        return self._handler


async def main(port: str, reply: str) -> None:
    server = grpc.aio.server()
    server.add_generic_rpc_handlers((Echo(bytes.fromhex(reply)),))
    server.add_insecure_port(f"127.0.0.1:{port}")
    await server.start()
    await server.wait_for_termination()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
