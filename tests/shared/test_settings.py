"""What a process is told by its environment: wrong values are named at its start, before they are tried."""

import pytest

from services.shared.settings import ServiceSettings, read_settings
from workflows.settings import WorkerSettings

PEERS = ("CLEW_INTAKE_ADDRESS", "CLEW_SCORING_ADDRESS", "CLEW_ROUTING_ADDRESS", "CLEW_CONVERSION_ADDRESS")
RIGHT = {
    "CLEW_DATABASE_URL": "postgresql+psycopg://clew:canary@db.internal:5432/clew",
    "CLEW_LISTEN": "[::1]:0",
    "TEMPORAL_ADDRESS": "temporal.internal:7233",
    "OTEL_EXPORTER_OTLP_ENDPOINT": "",
    **dict.fromkeys(PEERS, "dns:///clew.internal:7101"),
}
OF_BOTH = [
    ("TEMPORAL_ADDRESS", "temporal"),
    ("TEMPORAL_ADDRESS", "https://temporal.internal:7233"),
    ("TEMPORAL_NAMESPACE", ""),
    ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4317"),
    ("OTEL_METRIC_EXPORT_INTERVAL", "1m"),
    ("CLEW_LOG_LEVEL", "loud"),
]
OF_A_SERVICE = [
    ("CLEW_DATABASE_URL", "clew:canary"),
    ("CLEW_DATABASE_URL", "mysql://clew:canary@db.internal/clew"),
    ("CLEW_DATABASE_URL", "postgresql+psycopg://clew:canary@db.internal:port/clew"),
    ("CLEW_LISTEN", "7101"),
    ("CLEW_LISTEN", "127.0.0.1:70000"),
    ("CLEW_ALLOW_REMOTE", "perhaps"),
]


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in RIGHT.items():
        monkeypatch.setenv(name, value)


def test_a_process_takes_what_is_right_and_exports_nothing_to_an_empty_endpoint() -> None:
    service, worker = read_settings(ServiceSettings), read_settings(WorkerSettings)

    assert (service.listen, worker.routing) == (RIGHT["CLEW_LISTEN"], RIGHT["CLEW_ROUTING_ADDRESS"])
    assert [service.otlp_endpoint, worker.otlp_endpoint] == [None, None]


@pytest.mark.parametrize(
    ("kind", "name", "value"),
    [
        *((ServiceSettings, name, value) for name, value in [*OF_BOTH, *OF_A_SERVICE]),
        *((WorkerSettings, name, value) for name, value in [*OF_BOTH, *((peer, "") for peer in PEERS)]),
    ],
)
def test_a_setting_that_is_wrong_is_named_in_one_line_which_tells_no_password(
    kind: type[ServiceSettings | WorkerSettings],
    name: str,
    value: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(SystemExit, match="2"):
        read_settings(kind)

    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith(f"setting {name}: ")
    assert "canary" not in line
