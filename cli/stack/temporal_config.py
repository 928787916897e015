"""How the embedded Temporal server and its UI are configured. JSON is YAML, and needs no library."""

import json
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from cli.stack.ports import free_ports

# Fixed for the life of the database file.
HISTORY_SHARDS = 4


@dataclass(frozen=True)
class ServerSettings:
    folder: Path  # where configuration and database go
    port: int
    ui_port: int
    time_skipping: bool = False

    @property
    def database(self) -> Path:
        return self.folder / "temporal.db"

    @property
    def config_file(self) -> Path:
        return self.folder / "server.yaml"

    @property
    def ui_folder(self) -> Path:
        return self.folder / "ui"


def dynamic_config(settings: ServerSettings) -> dict[str, object]:
    keys: dict[str, object] = {
        # Left to its defaults the server grows to 1.6 GB; so it stays at 0.4, and is no slower.
        "history.hostLevelCacheMaxSize": 2000,
        "history.eventsHostLevelCacheMaxSizeBytes": 33554432,
        # A namespace and attributes registered a moment ago are usable at once.
        "system.forceSearchAttributesCacheRefreshOnRead": True,
        "system.namespaceCacheRefreshInterval": "1s",
        # Which costs a read for each attribute of each run in a list: some hundred runs with ours would
        # pass the 2,000 a second that a frontend may read, and the list be refused. The file has no such need.
        "frontend.persistenceMaxQPS": 100_000,
    }
    if settings.time_skipping:
        keys["frontend.WorkflowTimeSkippingEnabled"] = True
    return keys


def write_server_config(settings: ServerSettings) -> None:
    settings.folder.mkdir(parents=True, exist_ok=True)
    dynamic_file = settings.folder / "dynamic.yaml"
    rules = {key: [{"value": value}] for key, value in dynamic_config(settings).items()}
    dynamic_file.write_text(json.dumps(rules, indent=2))
    settings.config_file.write_text(json.dumps(_server_config(settings, dynamic_file), indent=2))


def forget_former_members(database: Path) -> None:
    """Strike the server's earlier lives from its list of cluster members.

    It believes whoever wrote there in the last 20 s, looks for them on their old ports and serves
    nothing for most of a minute. The file is ours alone, so before a start nobody is a member.
    """
    if not database.exists():
        return
    with closing(sqlite3.connect(database, timeout=10)) as file, suppress(sqlite3.OperationalError):
        file.execute("DELETE FROM cluster_membership")
        file.commit()


def write_ui_config(settings: ServerSettings, namespace: str) -> None:
    settings.ui_folder.mkdir(parents=True, exist_ok=True)
    config = {
        "temporalGrpcAddress": f"127.0.0.1:{settings.port}",
        "host": "127.0.0.1",
        "port": settings.ui_port,
        "defaultNamespace": namespace,
        "enableUi": True,  # without it only its API answers
        # Its buttons write with a cookie, which over plain HTTP must not ask for HTTPS.
        "cors": {"cookieInsecure": True},
        "disableNewsFetch": True,
        "notifyOnNewVersion": False,
    }
    (settings.ui_folder / "clew.yaml").write_text(json.dumps(config, indent=2))


def _server_config(settings: ServerSettings, dynamic_file: Path) -> dict[str, object]:
    ports = iter(free_ports(8))

    def rpc(port: int) -> dict[str, object]:
        return {"grpcPort": port, "membershipPort": next(ports), "bindOnLocalHost": True}

    http_port = next(ports)
    off = {"state": "disabled", "enableRead": False}
    return {
        "log": {"stdout": True, "level": "warn"},
        "persistence": {
            "defaultStore": "file",
            "visibilityStore": "file",
            "numHistoryShards": HISTORY_SHARDS,
            "datastores": {"file": {"sql": _sqlite(settings.database)}},
        },
        "global": {"membership": {"maxJoinDuration": "30s", "broadcastAddress": "127.0.0.1"}},
        "services": {
            "frontend": {"rpc": {**rpc(settings.port), "httpPort": http_port}},
            "history": {"rpc": rpc(next(ports))},
            "matching": {"rpc": rpc(next(ports))},
            "worker": {"rpc": rpc(next(ports))},
        },
        "clusterMetadata": {
            "enableGlobalNamespace": False,
            "failoverVersionIncrement": 10,
            "masterClusterName": "active",
            "currentClusterName": "active",
            "clusterInformation": {
                "active": {
                    "enabled": True,
                    "initialFailoverVersion": 1,
                    "rpcName": "frontend",
                    "rpcAddress": f"127.0.0.1:{settings.port}",
                    "httpAddress": f"127.0.0.1:{http_port}",
                }
            },
        },
        "dcRedirectionPolicy": {"policy": "noop"},
        "archival": {"history": off, "visibility": off},
        "namespaceDefaults": {"archival": {"history": {"state": "disabled"}, "visibility": {"state": "disabled"}}},
        "dynamicConfigClient": {"filepath": str(dynamic_file), "pollInterval": "60s"},
    }


def _sqlite(database: Path) -> dict[str, object]:
    return {
        "pluginName": "sqlite",
        "databaseName": str(database),
        # Unused by SQLite, yet demanded.
        "connectAddr": "localhost",
        "connectProtocol": "tcp",
        "connectAttributes": {
            "mode": "rwc",
            "cache": "private",
            "setup": "true",
            "journal_mode": "wal",
            "synchronous": "1",
        },
        "maxConns": 1,
        "maxIdleConns": 1,
        "maxConnLifetime": "1h",
    }
