"""Who may call which method of intake. Whose person is seen in full, servicer_messages.py says."""

from collections.abc import Mapping

from services.shared.callers import Role

REP, MANAGER, MARKETER, ADMINISTRATOR, SERVICE = Role
RUNS = frozenset({SERVICE})
PEOPLE = frozenset({REP, MANAGER, MARKETER, ADMINISTRATOR})
OFFICE = frozenset({MANAGER, MARKETER, ADMINISTRATOR})
SALES = frozenset({REP, MANAGER, ADMINISTRATOR})

METHODS: Mapping[str, frozenset[Role]] = {
    "SubmitLead": PEOPLE | RUNS,
    "BatchSubmitLeads": OFFICE | RUNS,
    "GetLead": PEOPLE,
    "GetPerson": SALES,
    "ListLeads": OFFICE,
    "GetLeadFacts": RUNS,
    "MarkTaken": RUNS,
    "CheckDuplicates": PEOPLE | RUNS,
    "ListReviews": OFFICE,
    "ResolveReview": OFFICE,
    "AddNote": SALES,
    "CreateCampaign": OFFICE,
    "MatchAccount": RUNS,
    "RegisterKeys": RUNS,
    "SetOpportunityOwners": RUNS,
    "SetAccess": RUNS,
    "ListLeadEvents": PEOPLE,
}
