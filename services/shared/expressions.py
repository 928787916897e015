"""Conditions over LeadFacts, in CEL: type-checked when they are published, evaluated where they decide."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import cel_expr_python.cel as cel
from google.protobuf import descriptor_pool, json_format

from clew.lead.v1 import lead_pb2
from services.shared.refusals import InvalidInput

FACTS = lead_pb2.LeadFacts.DESCRIPTOR.full_name

# A lead of which everything is known.
EXAMPLE = lead_pb2.LeadFacts(
    lead_id="01980000-0000-7000-8000-000000000000",
    business_line="cloud",
    source=lead_pb2.Source(kind="SOURCE_KIND_INDIRECT", channel="trade_show", detail_code="hall-3"),
    campaign_id="spring",
    industry="制造业",
    company_size=300,
    region="上海",
    city="上海",
    country="CN",
    time_zone="Asia/Shanghai",
    seniority="director",
    intent=lead_pb2.Intent(product="erp", budget=500_000, urgency="URGENCY_HIGH", horizon_days=30),
    tags=["vip"],
    account_matched=True,
    created_at=datetime(2026, 1, 1, tzinfo=UTC),
    grade="A",
    fit_score=60,
    behavior_score=40,
)


class RuleInvalid(InvalidInput):
    def __init__(self, rule_id: str, problem: str, line: str = "1", column: str = "1") -> None:
        super().__init__(
            "rules",
            f"Rule {rule_id}, line {line}, column {column}: {problem}.",
            reason="RULE_INVALID",
            rule=rule_id,
            line=line,
            column=column,
        )


def facts_of(stored: Mapping[str, Any]) -> lead_pb2.LeadFacts:
    """LeadFacts out of JSON with the contract's field names. Fields that a newer version stored are passed over."""
    return json_format.ParseDict(dict(stored), lead_pb2.LeadFacts(), ignore_unknown_fields=True)


def check_named_once(**rule_ids: Iterable[str]) -> None:
    """A rule is known by its name, such as the ledger's `assignment@3/east`.

    `rule_ids`: by the field that holds the rules. Raises InvalidInput naming the second one.
    """
    seen: set[str] = set()
    for field, ids in rule_ids.items():
        for index, rule_id in enumerate(ids):
            if rule_id in seen:
                raise InvalidInput(f"{field}[{index}].rule_id", f"Two rules are named {rule_id}: rename one of them.")
            seen.add(rule_id)


def check_expression(rule_id: str, text: str, **beside: str) -> None:
    """Raises RuleInvalid unless the text compiles over `lead` (LeadFacts), is a condition, and can be evaluated.

    `beside`: examples of what else it may ask about, each a text.
    """
    try:
        expression = _compiled(text, tuple(beside))
    except RuntimeError as error:
        raise _where(rule_id, str(error)) from None
    if expression.return_type() != cel.Type.BOOL:
        raise RuleInvalid(rule_id, f"a condition is wanted (bool), this is {expression.return_type()}")
    # Some mistakes, such as a bad pattern, show only when it is evaluated, and then as a value. What fails on one
    # lead alone (a division, the first of no tags) is the lead's, and not the rule's.
    values = [expression.eval(data={"lead": facts, **beside}) for facts in (lead_pb2.LeadFacts(), EXAMPLE)]
    if all(value.type() == cel.Type.ERROR for value in values):
        raise RuleInvalid(rule_id, str(values[-1].plain_value()).partition("\n")[0])


def holds(text: str, facts: lead_pb2.LeadFacts, **beside: str) -> bool:
    """Does a published condition hold? One that cannot be evaluated on these facts does not."""
    return _compiled(text, tuple(beside)).eval(data={"lead": facts, **beside}).plain_value() is True


@lru_cache(maxsize=4_096)
def _compiled(text: str, beside: tuple[str, ...]) -> cel.Expression:
    return _environment(beside).compile(text)


@lru_cache
def _environment(beside: tuple[str, ...]) -> cel.Env:
    variables = {"lead": cel.Type(FACTS), **dict.fromkeys(beside, cel.Type.STRING)}
    return cel.NewEnv(descriptor_pool.Default(), variables=variables, container=FACTS.rpartition(".")[0])


def _where(rule_id: str, error: str) -> RuleInvalid:
    """`… ERROR: <input>:1:5: undefined field 'regon' …` as a refusal."""
    if found := re.search(r"<input>:(\d+):(\d+): (.*)", error):
        line, column, problem = found.groups()
        return RuleInvalid(rule_id, problem.rstrip(". "), line, column)
    return RuleInvalid(rule_id, error.partition("\n")[0])
