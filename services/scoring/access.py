"""Who may call which method of scoring."""

from collections.abc import Mapping

from services.shared.callers import Role

REP, MANAGER, MARKETER, ADMINISTRATOR, SERVICE = Role
RUNS = frozenset({SERVICE})
PEOPLE = frozenset({REP, MANAGER, MARKETER, ADMINISTRATOR})

METHODS: Mapping[str, frozenset[Role]] = {
    "PublishRules": frozenset({MARKETER, MANAGER, ADMINISTRATOR}),
    "ScoreLead": RUNS,
    "RecordEngagement": frozenset({MARKETER, MANAGER, ADMINISTRATOR, SERVICE}),
    "GetScore": PEOPLE | RUNS,
    "ExplainScore": PEOPLE,
    "MarkTaken": RUNS,
    "SetAccess": RUNS,
    "ListLeadEvents": PEOPLE,
}
