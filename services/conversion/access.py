"""Who may call which method of conversion. Whether the converter holds the lead, routing decides."""

from collections.abc import Mapping

from services.shared.callers import Role

REP, MANAGER, MARKETER, ADMINISTRATOR, SERVICE = Role
RUNS = frozenset({SERVICE})
PEOPLE = frozenset({REP, MANAGER, MARKETER, ADMINISTRATOR})

METHODS: Mapping[str, frozenset[Role]] = {
    "ConvertLead": frozenset({REP, MANAGER, ADMINISTRATOR}),
    "GetConversion": PEOPLE | RUNS,
    "GetWork": RUNS,
    "CommitConversion": RUNS,
    "AbandonConversion": RUNS,
    "CompleteConversion": RUNS,
    "CloseOpportunity": frozenset({REP, MANAGER, ADMINISTRATOR}),
    "GetOpportunity": PEOPLE | RUNS,
    "MarkOwnersTold": RUNS,
    "SetAccess": RUNS,
    "ListLeadEvents": PEOPLE,
}
