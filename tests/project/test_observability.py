"""Dashboards, alerts and runbooks belong together, are whole, and what they ask can be asked."""

import itertools
import re
from collections.abc import AsyncIterator
from importlib import import_module
from typing import Any

import pytest
import yaml
from opentelemetry.proto.metrics.v1.metrics_pb2 import AggregationTemporality, Metric
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client
from typer.testing import CliRunner

from cli.__main__ import app
from services.conversion import store_figures as conversion_figures
from services.intake import store_figures as intake_figures
from services.routing import store_figures as routing_figures
from services.routing import tables
from services.scoring import store_figures as scoring_figures
from services.shared.database import make_engine
from services.shared.events import Wakes
from services.shared.gauges import ALONG_INDEXES, COUNTED_TO
from services.shared.migrations import migrate
from services.shared.owed import claim
from tests.conftest import TemporalServer
from tests.faults.planting import held_lead
from tests.observability import (
    DASHBOARDS,
    PLACE,
    ROOT,
    RUNBOOKS,
    Asked,
    asked_by_alerts,
    asked_by_panels,
    dashboard,
    fenced,
    rules,
    series_of,
)

# What grows with the leads. Limits grow with the reps alone.
QUESTIONS = {
    "pools": routing_figures.POOLS,
    "queue": routing_figures.QUEUE,
    "notices": routing_figures.NOTICES,
    "undelivered": routing_figures.UNDELIVERED,
    **{
        f"overdue in {module.__name__.split('.')[1]}": module.OVERDUE
        for module in (intake_figures, scoring_figures, routing_figures, conversion_figures)
    },
}
PROTOS = ROOT / "proto" / "generated"
GENERATED = sorted((PROTOS / "clew").rglob("*_pb2.py"))
SECTIONS = ["What it means", "What people notice", "How to look", "How to mend", "How to know that it is over"]


def ids(found: Any) -> str:
    return found.stem if hasattr(found, "stem") else str(found)


@pytest.fixture(scope="module")
async def engine(fresh_database: str) -> AsyncIterator[AsyncEngine]:
    """A database with every service's tables."""
    made = make_engine(fresh_database)
    for service in ("intake", "scoring", "routing", "conversion"):
        await migrate(made, schema=service, package=f"services.{service}", test_clock=True)
    yield made
    await made.dispose()


def test_every_alert_has_its_page_and_every_page_its_alert() -> None:
    named = [rule["annotations"]["runbook"] for rule in rules()]

    assert sorted(named) == [str(path.relative_to(ROOT)) for path in RUNBOOKS]


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule["alert"])
def test_an_alert_says_how_urgent_it_is_and_what_is_wrong(rule: dict[str, Any]) -> None:
    page = (ROOT / rule["annotations"]["runbook"]).read_text()
    severity = rule["labels"]["severity"]

    assert severity in {"page", "ticket"}
    assert rule["annotations"]["summary"].endswith(".")
    assert page.startswith("# ")
    assert page.partition("\n")[0].endswith(f"({rule['alert']}, {severity})")


def test_no_two_alerts_have_one_name() -> None:
    names = [rule["alert"] for rule in rules()]

    assert len(set(names)) == len(names)


@pytest.mark.parametrize("page", RUNBOOKS, ids=ids)
def test_a_runbook_page_answers_the_five_questions(page: Any) -> None:
    assert re.findall(r"^## (.+)$", page.read_text(), re.MULTILINE) == SECTIONS


@pytest.mark.parametrize("page", RUNBOOKS, ids=ids)
def test_what_a_page_refers_to_is_there(page: Any) -> None:
    links = re.findall(r"\]\(([^)]+)\)", page.read_text())
    titles = {dashboard(path)["title"] for path in DASHBOARDS}
    panels = {panel["title"] for path in DASHBOARDS for panel in dashboard(path)["panels"]}
    prose = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.DOTALL | re.MULTILINE)
    # Titles are quoted; they may go over the end of a line.
    quoted = [" ".join(name.split()) for name in re.findall(r'"([A-Z][^"]+)"', prose)]

    assert [link for link in links if not (page.parent / link).exists()] == []
    assert [name for name in quoted if name not in titles | panels | {"Pending activities"}] == []


@pytest.mark.parametrize("page", RUNBOOKS, ids=ids)
async def test_the_questions_of_a_page_can_be_asked_of_the_database(engine: AsyncEngine, page: Any) -> None:
    async with engine.begin() as db:
        for question in fenced(page, "sql"):
            await db.execute(text(question))


async def test_a_page_tells_how_the_runs_that_temporal_lost_are_begun_again(engine: AsyncEngine) -> None:
    [_, owe_each_a_nudge] = fenced(ROOT / "deploy/runbooks/sweep-does-the-timers-work.md", "sql")

    async with engine.connect() as db:
        planted = await held_lead(db)
        before, _ = await claim(db, tables.event)
        await db.execute(text(owe_each_a_nudge))
        after, _ = await claim(db, tables.event)

    assert (before, [(one.wakes, one.wake_id) for one in after]) == ([], [(Wakes.LEAD, planted.lead_id)])


@pytest.mark.parametrize("question", QUESTIONS, ids=ids)
async def test_a_figure_that_is_asked_every_few_seconds_never_costs_a_look_at_a_whole_table(
    engine: AsyncEngine, question: str
) -> None:
    async with engine.begin() as db:
        await db.execute(ALONG_INDEXES)
        plan = await db.execute(text(f"explain {QUESTIONS[question]}"), {"counted_to": COUNTED_TO})
        steps = "\n".join(plan.scalars())

    assert "Index" in steps
    assert (
        re.findall(r"(?:Seq Scan|Bitmap Heap Scan) on (?:lead|holding|notice|delivery|review|conversion)\b", steps)
        == []
    )


async def test_the_questions_of_a_page_can_be_asked_of_temporal(temporal: TemporalServer) -> None:
    client = await Client.connect(temporal.address, namespace=temporal.namespace)
    questions = [question for page in RUNBOOKS for question in fenced(page, "temporal")]

    assert questions
    for question in questions:
        await client.list_workflows(question.strip(), page_size=1).fetch_next_page()


def test_the_commands_of_a_page_are_there() -> None:
    commands = [
        line.removeprefix("$ ").split()
        for page in RUNBOOKS
        for block in fenced(page, "console")
        for line in block.splitlines()
    ]
    of_clew = {tuple(itertools.takewhile(str.islower, words[1:])) for words in commands if words[0] == "clew"}

    assert {words[0] for words in commands} <= {"clew", "grep", "tail", "top"}
    for command in sorted(of_clew):
        told = CliRunner().invoke(app, [*command, "--help"])
        assert told.exit_code == 0, told.output


@pytest.mark.parametrize("path", DASHBOARDS, ids=ids)
def test_a_dashboard_is_well_formed(path: Any) -> None:
    read = dashboard(path)
    panels = read["panels"]
    variables = {variable["name"] for variable in read["templating"]["list"]}
    used = set(re.findall(r"\$\{?(?!__)(\w+)", "\n".join(asked.expression for asked in asked_by_panels())))

    assert {len(panels), len({panel["id"] for panel in panels})} == {len(panels)}
    assert used <= {name for each in DASHBOARDS for name in (v["name"] for v in dashboard(each)["templating"]["list"])}
    assert "datasource" in variables
    for panel in panels:
        assert panel["title"]
        if panel["type"] != "row":
            assert panel["description"].endswith(".")
            assert [target["datasource"]["uid"] for target in panel["targets"]] == ["${datasource}"] * len(
                panel["targets"]
            )
    for one, other in itertools.combinations((panel["gridPos"] for panel in panels), 2):
        assert not overlap(one, other), (one, other)


def overlap(one: dict[str, int], other: dict[str, int]) -> bool:
    return (
        one["x"] < other["x"] + other["w"]
        and other["x"] < one["x"] + one["w"]
        and one["y"] < other["y"] + other["h"]
        and other["y"] < one["y"] + one["h"]
    )


def test_no_two_dashboards_have_one_identity() -> None:
    for key in ("uid", "title"):
        assert len({dashboard(path)[key] for path in DASHBOARDS}) == len(DASHBOARDS)


@pytest.mark.parametrize("asked", [*asked_by_panels(), *asked_by_alerts()], ids=lambda asked: asked.where)
def test_an_expression_is_balanced_and_names_a_metric(asked: Asked) -> None:
    for opening, closing in ("()", "{}", "[]"):
        assert asked.expression.count(opening) == asked.expression.count(closing)
    assert asked.metrics


def streams() -> list[str]:
    """Methods that answer for as long as somebody listens, as the figures name them."""
    files = [import_module(".".join(path.relative_to(PROTOS).with_suffix("").parts)) for path in GENERATED]
    services = [service for file in files for service in file.DESCRIPTOR.services_by_name.values()]
    return [f"{one.full_name}/{method.name}" for one in services for method in one.methods if method.server_streaming]


@pytest.mark.parametrize("asked", [*asked_by_panels(), *asked_by_alerts()], ids=lambda asked: asked.where)
def test_how_long_somebody_watches_is_not_how_long_calls_take(asked: Asked) -> None:
    questions = re.findall(r"rpc_server_call_duration_seconds_bucket(?:\{([^}]*)\})?", asked.expression)
    left_out = [re.findall(r'rpc_method!~"([^"]+)"', question) for question in questions]

    assert streams()
    assert [name for name in streams() for words in left_out if not any(re.fullmatch(one, name) for one in words)] == []


def test_an_alert_about_a_rise_sees_what_a_process_had_counted_when_it_was_first_asked() -> None:
    """`increase` sees it only of counts that are told before their first case."""
    rises = [asked for asked in asked_by_alerts() if "increase(" in asked.expression and "/" not in asked.expression]

    assert {name for asked in rises for name in asked.metrics} == {"clew_reconcile_begun_again_total"}


def test_metrics_and_labels_are_read_out_of_an_expression() -> None:
    asked = Asked(
        "here",
        'topk(9, histogram_quantile(0.9, sum by (le, method) (rate(a_seconds_bucket{job=~"$service", b!="c"}[5m])))) '
        "or vector(0) / on (team) group_left max by (d) (e_total) > 0.5",
    )

    assert asked.metrics == {"a_seconds_bucket", "e_total"}
    assert asked.labels == {"le", "method", "job", "b", "team", "d"}


@pytest.mark.parametrize(
    ("name", "unit", "kind", "series"),
    [
        ("clew.outbox.age", "s", "gauge", {"clew_outbox_age_seconds"}),
        ("clew.outbox.depth", "{event}", "gauge", {"clew_outbox_depth"}),
        ("clew.relay.events", "{event}", "sum", {"clew_relay_events_total"}),
        ("temporal_local_activity_total", "", "sum", {"temporal_local_activity_total"}),
        ("a.lag", "s", "histogram", {"a_lag_seconds_bucket", "a_lag_seconds_sum", "a_lag_seconds_count"}),
    ],
)
def test_a_metric_is_called_in_prometheus_as_the_collector_calls_it(
    name: str, unit: str, kind: str, series: set[str]
) -> None:
    metric = Metric(name=name, unit=unit)
    getattr(metric, kind).SetInParent()
    if kind == "sum":
        metric.sum.is_monotonic = True
        metric.sum.aggregation_temporality = AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE

    assert set(series_of(metric)) == series


def test_what_the_collector_does_is_all_defined_and_all_used() -> None:
    read = yaml.safe_load((PLACE / "collector.yaml").read_text())
    pipelines = read["service"]["pipelines"]

    for part in ("receivers", "processors", "exporters"):
        assert {name for pipeline in pipelines.values() for name in pipeline[part]} == set(read[part])
    assert {pipeline["processors"][0] for pipeline in pipelines.values()} == {"memory_limiter"}
    assert set(pipelines) == {"metrics", "traces"}


def test_prometheus_fetches_where_the_collector_tells_and_knows_the_alerts() -> None:
    prometheus = yaml.safe_load((PLACE / "prometheus.yaml").read_text())
    collector = yaml.safe_load((PLACE / "collector.yaml").read_text())
    [job] = prometheus["scrape_configs"]
    [target] = job["static_configs"][0]["targets"]

    assert target in collector["exporters"]["prometheus"]["endpoint"]
    assert job["honor_labels"] is True
    assert [(PLACE / name).exists() for name in prometheus["rule_files"]] == [True]


@pytest.mark.parametrize("path", sorted((PLACE / "provisioning").glob("*/*.yaml")), ids=ids)
def test_what_grafana_is_given_is_yaml_of_its_form(path: Any) -> None:
    read = yaml.safe_load(path.read_text())

    assert read["apiVersion"] == 1
    assert read["providers" if path.parent.name == "dashboards" else "datasources"]
