"""Who may call which method of routing. On whose leads, the rules say: a rep's own, everybody else's any."""

from collections.abc import Mapping

from services.shared.callers import Role

REP, MANAGER, MARKETER, ADMINISTRATOR, SERVICE = Role
RUNS = frozenset({SERVICE})
REPS = frozenset({REP})
PEOPLE = frozenset({REP, MANAGER, MARKETER, ADMINISTRATOR})
MANAGERS = frozenset({MANAGER, ADMINISTRATOR})
SALES = frozenset({REP, MANAGER, ADMINISTRATOR})

METHODS: Mapping[str, frozenset[Role]] = {
    # RosterService
    "CreateTeam": MANAGERS,
    "CreateRep": MANAGERS,
    "UpdateRep": MANAGERS,
    "CreatePool": MANAGERS,
    "SetLimit": MANAGERS,
    "PublishPolicy": MANAGERS,
    "PreviewPolicy": MANAGERS,
    "GetRebasing": MANAGERS,
    "PublishAssignmentRules": MANAGERS,
    "ListReps": PEOPLE,
    "ListPools": PEOPLE,
    "ListPoolLeads": PEOPLE,
    "ListReasons": PEOPLE,
    # LimitService
    "PublishLimits": MANAGERS,
    "GetLimitTable": PEOPLE,
    "OverrideLimit": MANAGERS,
    "EndOverride": MANAGERS,
    "ListLimits": PEOPLE,
    "ListLimitChanges": MANAGERS,
    "SuggestLimits": MANAGERS,
    "GetFlow": MANAGERS | {MARKETER},
    # LeadService
    "OpenLead": RUNS,
    "UpdateFacts": RUNS,
    "UpdateScore": RUNS,
    "RouteLead": RUNS,
    "GetWork": RUNS,
    "GetLeadState": PEOPLE | RUNS,
    "ListDecisions": PEOPLE,
    "DisqualifyLead": SALES,
    "ListLeadEvents": PEOPLE,
    # HoldingService
    "ClaimLead": REPS,
    "AssignLead": MANAGERS,
    "ReturnLead": REPS,
    "ReclaimLead": MANAGERS,
    "TransferLead": MANAGERS,
    "LogFollowUp": REPS,
    "GetSchedule": SALES,
    "ListHoldings": SALES,
    "AdvanceHolding": RUNS,
    "LeaseHolding": RUNS,
    "ReleaseLease": RUNS,
    "FinishConversion": RUNS,
    # PoolService
    "UpdatePool": MANAGERS,
    "SetPoolMembers": MANAGERS,
    "GetPool": PEOPLE,
    "DeletePool": MANAGERS,
    "MoveLead": MANAGERS,
    "RestLead": MANAGERS,
    "ClaimNext": REPS,
    "ClaimLeads": REPS,
    "AssignLeads": MANAGERS,
    "ReturnLeads": REPS,
    "TransferLeads": MANAGERS,
    # QueueService
    "ListUnassigned": MANAGERS,
    # StageService
    "AcceptLead": REPS,
    "RejectLead": REPS,
    "HandOff": REPS,
    "SetVerificationTeam": MANAGERS,
    "AddCollaborator": SALES,
    "RemoveCollaborator": SALES,
    "ListCollaborators": SALES,
    "AdvanceStage": SALES,
    "ListStages": PEOPLE,
    "PublishStageCriteria": MANAGERS,
    "ReopenLead": MANAGERS,
    "VoidLead": frozenset({ADMINISTRATOR}),
    # NoticeService
    "ListNotices": SALES,
    "AcknowledgeNotice": SALES,
    # ExtensionService
    "LockHolding": SALES,
    "UnlockHolding": SALES,
    "RequestExtension": REPS,
    "DecideExtension": MANAGERS,
    "ListExtensions": SALES,
    "VoidFollowUp": MANAGERS,
    "ListFollowUps": SALES,
    "PlanFollowUp": SALES,
    "CancelPlan": SALES,
    "ListPlans": SALES,
    # PolicyService
    "PublishPolicyRules": MANAGERS,
    "SwitchPolicy": MANAGERS,
    "GetPolicyRules": PEOPLE,
    # CalendarService
    "ImportCalendar": MANAGERS,
    "GetCalendar": PEOPLE,
    "ListCalendars": PEOPLE,
    "ComputeDeadline": PEOPLE,
    "SetLeave": MANAGERS,
    "CancelLeave": MANAGERS,
    "ListLeaves": SALES,
    # DeliveryService
    "WatchNotices": SALES,
    "SetContact": SALES,
    "GetContact": SALES,
    "TestContact": SALES,
    "ListDeliveries": SALES,
    "RetryDelivery": MANAGERS,
}
