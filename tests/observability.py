"""What deploy/observability says, as data: the metrics and labels that its panels and alerts name."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from opentelemetry.proto.metrics.v1.metrics_pb2 import AggregationTemporality, Metric

ROOT = Path(__file__).parents[1]
PLACE = ROOT / "deploy" / "observability"
DASHBOARDS = sorted((PLACE / "dashboards").glob("*.json"))
RUNBOOKS = sorted((ROOT / "deploy" / "runbooks").glob("*.md"))

# What PromQL has beside metrics: keywords of its operators; functions are told by their parenthesis.
KEYWORDS = frozenset(
    {"and", "or", "unless", "by", "without", "on", "ignoring", "group_left", "group_right", "bool", "offset"}
)
# Of the process that was measured (service.name, service.instance.id), and a bucket's bound.
LABELS_OF_ALL = frozenset({"job", "instance", "le"})
UNITS = {"s": "seconds", "ms": "milliseconds", "By": "bytes"}


@dataclass(frozen=True)
class Asked:
    """A panel or an alert, and what it asks Prometheus."""

    where: str
    expression: str

    @property
    def metrics(self) -> frozenset[str]:
        without_labels = re.sub(r"\{[^}]*\}|\[[^\]]*\]|\"[^\"]*\"", " ", self.expression)
        without_groups = re.sub(r"\b(by|without|on|ignoring)\s*\([^)]*\)", " ", without_labels)
        names = re.findall(r"(?<![\w$.])([a-zA-Z_:][\w:]*)(?!\w)(?!\s*\()", without_groups)
        return frozenset(names) - KEYWORDS

    @property
    def labels(self) -> frozenset[str]:
        compared = re.findall(r"[{,]\s*(\w+)\s*(?:=~|!~|!=|=)", self.expression)
        grouped = re.findall(r"\b(?:by|without|on|ignoring)\s*\(([^)]*)\)", self.expression)
        return frozenset(compared) | {name.strip() for group in grouped for name in group.split(",") if name.strip()}


def dashboard(path: Path) -> Any:
    return json.loads(path.read_text())


def rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load((PLACE / "alerts.yaml").read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def asked_by_panels() -> Iterator[Asked]:
    for path in DASHBOARDS:
        read = dashboard(path)
        for panel in read["panels"]:
            for target in panel.get("targets", ()):
                yield Asked(f"{path.name}, {panel['title']}", target["expr"])
        for variable in read["templating"]["list"]:
            if found := re.fullmatch(r"label_values\((\w+), (\w+)\)", variable.get("definition", "")):
                yield Asked(f"{path.name}, ${variable['name']}", f"sum by ({found[2]}) ({found[1]})")


def asked_by_alerts() -> Iterator[Asked]:
    for rule in rules():
        yield Asked(rule["alert"], rule["expr"])


def fenced(path: Path, language: str) -> list[str]:
    """The blocks of a page that are written in this language."""
    return re.findall(rf"^```{language}\n(.*?)^```", path.read_text(), re.DOTALL | re.MULTILINE)


def series_of(metric: Metric) -> Mapping[str, frozenset[str]]:
    """A metric's series as the collector's Prometheus exporter names them, each with its labels.

    Dots become underscores; the unit follows, unless the name ends with it or it is a word in braces; `total` follows a
    count that only grows.
    """
    kind = metric.WhichOneof("data")
    name, unit = re.sub(r"\W", "_", metric.name), UNITS.get(metric.unit, "")
    if unit and not name.endswith(f"_{unit}"):
        name = f"{name}_{unit}"
    points = getattr(metric, kind).data_points if kind else []
    labels = frozenset(re.sub(r"\W", "_", label.key) for point in points for label in point.attributes)
    if kind == "histogram":
        return {f"{name}_{part}": labels for part in ("bucket", "sum", "count")}
    if kind == "sum" and metric.sum.is_monotonic and not name.endswith("_total"):
        assert metric.sum.aggregation_temporality == AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE
        return {f"{name}_total": labels}
    return {name: labels}
