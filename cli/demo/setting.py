"""The company that the demo plays: teams, reps, pools, limits, policies of seconds, rules, campaigns."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from clew.intake.v1 import intake_pb2
from clew.routing.v1 import roster_pb2
from clew.scoring.v1 import scoring_pb2
from cli.calling import Clew, new_request_id
from cli.periods import period, reminder
from cli.stack.problem import StackProblem
from services.shared.callers import Caller, Role

ADMINISTRATOR = Caller("demo", Role.ADMINISTRATOR)
MANAGER = Caller("wang", Role.MANAGER)
MARKETER = Caller("zhao", Role.MARKETER)

TEAMS = {"east": "华东一组", "south": "华南一组"}
POOLS = {"east-public": "华东公海", "south-public": "华南公海", "overseas": "海外公海"}
EAST, SOUTH = ("上海", "江苏", "浙江", "安徽"), ("广东", "福建", "广西", "海南")
TEAM_LIMIT = 12


@dataclass(frozen=True)
class Rep:
    code: str
    name: str
    team: str
    manner: str  # how he works: a name of manners.py
    limit: int = TEAM_LIMIT
    rep_id: str = ""

    @property
    def caller(self) -> Caller:
        return Caller(self.rep_id, Role.REP)


REPS = (
    Rep("L001", "李雷", "east", "diligent"),
    Rep("L002", "韩梅梅", "east", "closes"),
    Rep("L003", "赵磊", "east", "sleeps"),
    Rep("L004", "周敏", "east", "diligent", limit=3),
    Rep("L005", "吴刚", "south", "forgets"),
    Rep("L006", "陈静", "south", "holds on"),
    Rep("L007", "林涛", "south", "late"),
    Rep("L008", "何琳", "south", "returns"),
)

# As long as a demo can wait; otherwise the same rules as in a working day.
SECONDS = roster_pb2.Policy(
    first_response=period("4s"),
    protection=period("8s"),
    extension=period("4s"),
    attempt_extension=period("2s"),
    attempts_counted=2,
    attempt_interval=period("1s"),
    maximum=period("16s"),
    reminders=[reminder("50%"), reminder("1s")],
    claim_cooldown=period("30s"),
    notice_floor=period("3s"),
)
# What is claimed at the end of the demo is kept by the defaults of the contract: hours and days.
WORKING_LIFE = roster_pb2.Policy()
# `default` is the home of what a rule gives to a team, and its policy is `standard`.
POLICY_CODES = ("demo", "standard")

ASSIGNMENT_RULES = (
    roster_pb2.AssignmentRule(rule_id="best_grade", expression="lead.grade == 'A'", assign_team_code="east"),
    roster_pb2.AssignmentRule(
        rule_id="fair_with_budget",
        expression="lead.source.channel == 'trade_show' && lead.intent.budget >= 100000",
        assign_team_code="south",
    ),
    roster_pb2.AssignmentRule(rule_id="east_china", expression=f"lead.region in {list(EAST)}", pool_code="east-public"),
    roster_pb2.AssignmentRule(
        rule_id="south_china", expression=f"lead.region in {list(SOUTH)}", pool_code="south-public"
    ),
    roster_pb2.AssignmentRule(
        rule_id="overseas", expression="lead.country != '' && lead.country != 'CN'", pool_code="overseas"
    ),
)
SCORING_RULES = scoring_pb2.PublishRulesRequest(
    fit_rules=[
        scoring_pb2.FitRule(rule_id="large_company", expression="lead.company_size >= 500", points=20),
        scoring_pb2.FitRule(rule_id="has_budget", expression="lead.intent.budget >= 100000", points=20),
        scoring_pb2.FitRule(rule_id="urgent", expression="lead.intent.urgency == 3", points=15),
        scoring_pb2.FitRule(rule_id="decides", expression="lead.seniority in ['director', 'executive']", points=15),
        scoring_pb2.FitRule(rule_id="manufacturer", expression="lead.industry == '制造业'", points=10),
        scoring_pb2.FitRule(rule_id="compares_prices", expression="'比价中' in lead.tags", points=-5),
    ],
    behavior_rules=[
        scoring_pb2.BehaviorRule(rule_id="reads", engagement_kind="white_paper_download", points=15, max_points=30),
        scoring_pb2.BehaviorRule(rule_id="listens", engagement_kind="webinar_attended", points=25, max_points=50),
        scoring_pb2.BehaviorRule(
            rule_id="looks_at_prices", engagement_kind="price_page_visit", points=10, max_points=20
        ),
    ],
    grades=scoring_pb2.GradeThresholds(a=70, b=45, c=20),
    maturity=scoring_pb2.MaturityThresholds(enter=70, leave=50),
)


@dataclass(frozen=True)
class Setting:
    """The company once it is set up."""

    reps: tuple[Rep, ...]
    campaigns: Mapping[str, str] = field(default_factory=dict)  # ids by name
    seconds_policies: frozenset[str] = frozenset()  # versions whose periods are seconds

    def rep(self, code: str) -> Rep:
        return next(rep for rep in self.reps if rep.code == code)

    def rep_ids(self) -> dict[str, str]:
        return {rep.code: rep.rep_id for rep in self.reps}


async def set_up(clew: Clew, campaigns: Sequence[str]) -> Setting:
    """Make everything that the demo needs. What depends on nothing is made side by side."""
    await refuse_unless_empty(clew)
    versions, _, made_campaigns, _ = await asyncio.gather(
        publish(clew, SECONDS),
        asyncio.gather(*(_make_team(clew, code, name) for code, name in TEAMS.items())),
        asyncio.gather(*(_make_campaign(clew, number, name) for number, name in enumerate(campaigns, 1))),
        clew.call(clew.scoring.PublishRules, _with_request_id(SCORING_RULES)),
    )
    reps, _ = await asyncio.gather(
        asyncio.gather(*(_make_rep(clew, rep) for rep in REPS)),
        asyncio.gather(*(_make_pool(clew, code, name) for code, name in POOLS.items())),
    )
    await clew.call(
        clew.roster.PublishAssignmentRules,
        roster_pb2.PublishAssignmentRulesRequest(request_id=new_request_id(), rules=ASSIGNMENT_RULES),
    )
    return Setting(tuple(reps), dict(made_campaigns), frozenset(versions))


async def refuse_unless_empty(clew: Clew) -> None:
    """The report counts everything that the services list: leads of somebody else's would be among it."""
    listed = await clew.call(clew.intake.ListLeads, intake_pb2.ListLeadsRequest(page_size=1))
    if listed.leads:
        raise StackProblem(
            "The demo wants a database without leads, and CLEW_DATABASE_URL names one that has some. "
            "Unset it, or name an empty database."
        )


async def publish(clew: Clew, policy: roster_pb2.Policy) -> list[str]:
    """The next version of each of the demo's policies."""
    answers = [
        await clew.call(
            clew.roster.PublishPolicy,
            roster_pb2.PublishPolicyRequest(request_id=new_request_id(), code=code, policy=policy),
        )
        for code in POLICY_CODES
    ]
    return [answer.policy_version for answer in answers]


async def _make_team(clew: Clew, code: str, name: str) -> None:
    request = roster_pb2.CreateTeamRequest(request_id=new_request_id(), code=code, name=name, holding_limit=TEAM_LIMIT)
    await clew.call(clew.roster.CreateTeam, request)


async def _make_rep(clew: Clew, rep: Rep) -> Rep:
    request = roster_pb2.CreateRepRequest(
        request_id=new_request_id(), code=rep.code, display_name=rep.name, team_code=rep.team
    )
    made = await clew.call(clew.roster.CreateRep, request)
    if rep.limit != TEAM_LIMIT:
        limit = roster_pb2.SetLimitRequest(
            request_id=new_request_id(), scope=roster_pb2.LIMIT_SCOPE_REP, rep_code=rep.code, limit=rep.limit
        )
        await clew.call(clew.roster.SetLimit, limit)
    return Rep(rep.code, rep.name, rep.team, rep.manner, rep.limit, made.rep_id)


async def _make_pool(clew: Clew, code: str, name: str) -> None:
    request = roster_pb2.CreatePoolRequest(request_id=new_request_id(), code=code, name=name, policy_code="demo")
    await clew.call(clew.roster.CreatePool, request)


async def _make_campaign(clew: Clew, number: int, name: str) -> tuple[str, str]:
    request = intake_pb2.CreateCampaignRequest(request_id=new_request_id(), code=f"campaign-{number}", name=name[:200])
    return name, (await clew.call(clew.intake.CreateCampaign, request)).campaign_id


def _with_request_id(request: scoring_pb2.PublishRulesRequest) -> scoring_pb2.PublishRulesRequest:
    filled = scoring_pb2.PublishRulesRequest()
    filled.CopyFrom(request)
    filled.request_id = new_request_id()
    return filled
