"""Conditions over LeadFacts, in CEL: type-checked when they are published, evaluated where they decide."""

import re
from functools import lru_cache

import cel_expr_python.cel as cel
from google.protobuf import descriptor_pool

from clew.lead.v1 import lead_pb2
from services.shared.refusals import InvalidInput

FACTS = lead_pb2.LeadFacts.DESCRIPTOR.full_name
_environment = cel.NewEnv(
    descriptor_pool.Default(), variables={"lead": cel.Type(FACTS)}, container=FACTS.rpartition(".")[0]
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


def check_expression(rule_id: str, text: str) -> None:
    """Raises RuleInvalid unless the text compiles over `lead` (LeadFacts), is a condition, and can be evaluated."""
    try:
        expression = _compiled(text)
    except RuntimeError as error:
        raise _where(rule_id, str(error)) from None
    if expression.return_type() != cel.Type.BOOL:
        raise RuleInvalid(rule_id, f"a condition is wanted (bool), this is {expression.return_type()}")
    # Some mistakes, such as a bad pattern, show only when it is evaluated, and then as a value.
    value = expression.eval(data={"lead": lead_pb2.LeadFacts()})
    if value.type() == cel.Type.ERROR and "divide by zero" not in str(value.plain_value()):
        raise RuleInvalid(rule_id, str(value.plain_value()).partition("\n")[0])


def holds(text: str, facts: lead_pb2.LeadFacts) -> bool:
    """Does a published condition hold? One that cannot be evaluated on these facts does not."""
    return _compiled(text).eval(data={"lead": facts}).plain_value() is True


@lru_cache(maxsize=4_096)
def _compiled(text: str) -> cel.Expression:
    return _environment.compile(text)


def _where(rule_id: str, error: str) -> RuleInvalid:
    """`… ERROR: <input>:1:5: undefined field 'regon' …` as a refusal."""
    if found := re.search(r"<input>:(\d+):(\d+): (.*)", error):
        line, column, problem = found.groups()
        return RuleInvalid(rule_id, problem.rstrip(". "), line, column)
    return RuleInvalid(rule_id, error.partition("\n")[0])
