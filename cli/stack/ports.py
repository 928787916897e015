"""Which TCP ports a stack uses on the loopback interface."""

import socket
from collections.abc import Mapping

# What people bookmark. Kept in the data folder once chosen, moved only when taken.
DEFAULT_PORTS: Mapping[str, int] = {
    "intake": 7401,
    "scoring": 7402,
    "routing": 7403,
    "conversion": 7404,
    "temporal": 7233,
    "ui": 8233,
}
# For tests and demos that may run beside a stack: every port is whichever is free.
FREE_PORTS: Mapping[str, int] = dict.fromkeys(DEFAULT_PORTS, 0)


def is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As servers do: a port that only lingers after its last connection is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_ports(count: int) -> list[int]:
    """Distinct free ports: all are held open until the last one is known."""
    probes = [socket.socket(socket.AF_INET, socket.SOCK_STREAM) for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()


def choose_ports(wanted: Mapping[str, int]) -> tuple[dict[str, int], dict[str, int]]:
    """Return the ports to use, and of these the ones moved because the wanted one was taken."""
    chosen = {name: port for name, port in wanted.items() if port and is_free(port)}
    missing = [name for name in wanted if name not in chosen]
    chosen.update(zip(missing, free_ports(len(missing)), strict=True))
    moved = {name: chosen[name] for name in missing if wanted[name]}
    return {name: chosen[name] for name in wanted}, moved
