"""Conditions over LeadFacts: refused where they are published, never wrong where they decide."""

import pytest

from clew.lead.v1 import lead_pb2
from services.shared.expressions import RuleInvalid, check_expression, holds

FACTS = lead_pb2.LeadFacts(
    region="上海",
    company_size=80,
    tags=["展会", "vip"],
    intent=lead_pb2.Intent(budget=200_000, urgency="URGENCY_HIGH"),
    source=lead_pb2.Source(kind="SOURCE_KIND_INDIRECT", channel="web_form"),
    grade="A",
)


@pytest.mark.parametrize(
    "text",
    [
        "lead.region in ['上海', '江苏']",
        "lead.company_size > 50 && 'vip' in lead.tags",
        "lead.intent.urgency == Urgency.URGENCY_HIGH",
        "lead.source.kind == SourceKind.SOURCE_KIND_INDIRECT && lead.source.channel.startsWith('web')",
        "lead.grade == 'A' || lead.fit_score > 100",
        "has(lead.intent) && lead.intent.budget >= 100000",
        "lead.tags.exists(tag, tag == '展会')",
        "true",
    ],
)
def test_a_condition_is_accepted_and_holds_of_what_it_describes(text: str) -> None:
    check_expression("east", text)

    assert holds(text, FACTS)


@pytest.mark.parametrize("text", ["lead.region == '北京'", "lead.company_size < 10", "false"])
def test_a_condition_does_not_hold_of_anything_else(text: str) -> None:
    assert not holds(text, FACTS)


def test_a_misspelt_field_is_refused_naming_rule_line_and_column() -> None:
    with pytest.raises(RuleInvalid) as refused:
        check_expression("east", "lead.region == '上海' &&\n  lead.citty == 'x'")

    assert refused.value.reason == "RULE_INVALID"
    assert {name: refused.value.metadata[name] for name in ("rule", "line")} == {"rule": "east", "line": "2"}
    assert 3 <= int(refused.value.metadata["column"]) <= 8
    assert "citty" in str(refused.value)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("lead.company_size > 'many'", "no matching overload"),
        ("lead.region ==", "Syntax error"),
        ("lead.region", "bool"),
        ("1 + 1", "bool"),
        ("leed.region == 'x'", "leed"),
        ("lead.region.matches('(')", "missing"),
        ("", ""),
    ],
)
def test_what_is_no_condition_is_refused(text: str, problem: str) -> None:
    with pytest.raises(RuleInvalid) as refused:
        check_expression("broken", text)

    assert refused.value.metadata["rule"] == "broken"
    assert problem in str(refused.value)


@pytest.mark.parametrize("text", ["10 / lead.company_size > 1", "lead.tags[0] == 'vip'"])
def test_a_condition_that_fails_on_some_leads_is_published_and_does_not_hold_of_those(text: str) -> None:
    check_expression("ratio", text)

    assert not holds(text, lead_pb2.LeadFacts())
    assert holds(text, lead_pb2.LeadFacts(company_size=5, tags=["vip"]))


def test_a_condition_of_a_newer_field_than_was_stored_sees_its_default() -> None:
    assert holds("lead.seniority == ''", lead_pb2.LeadFacts())
    assert holds("lead.created_at < timestamp('1971-01-01T00:00:00Z')", lead_pb2.LeadFacts())
