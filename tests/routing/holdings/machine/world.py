"""What the machine that does everything at once acts on: the database, and a model of who holds what."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar, cast
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from clew.routing.v1.holdings_pb2_grpc import HoldingServiceStub
from services.routing.calendars.calendar import Week, parse_spans
from services.routing.calendars.imported import Imported, ImportedDay
from services.routing.calendars.store import import_calendar
from services.routing.holdings.limits import LimitScope
from services.routing.holdings.store_rebasing import ask_rebasing
from services.routing.policy import Period, Policy, Unwarned
from services.shared import clock
from services.shared.callers import Caller, Role, set_caller
from services.shared.refusals import Refusal
from tests.routing.holdings.scenes import Pool, Rep, Scene, violations

T = TypeVar("T")
LEADS, REPS = 4, 3
# The first leads have a grade; two a product, of which one has both.
GRADED, OF_A_PRODUCT = {0, 1}, {1, 2}
GRADE, PRODUCT = "A", "rooms"
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
MANAGER, RUN = Caller("wang", Role.MANAGER), Caller("workflows", Role.SERVICE)


def week(*days: str) -> Week:
    """Of each day its span, Monday first; without one it is closed."""
    return tuple(parse_spans((span,)) if span else () for span in days)


POLICIES = (
    Policy(),
    Policy(first_response=Period(5 * HOUR), protection=Period(2 * DAY), manager_copies=True),
    Policy(claim_cooldown=Period(8 * HOUR), unwarned=Unwarned.RECALL, attempt_interval=Period(HOUR)),
    Policy(calendar="cn", first_response=Period(working_time=2 * HOUR), protection=Period(working_days=4)),
    Policy(calendar="cn", maximum=Period(working_days=6), extension=Period(working_days=1)),
    Policy(calendar="own", first_response=Period(working_time=3 * HOUR), protection=Period(working_days=3)),
    Policy(calendar="own", notice_floor=Period(working_time=6 * HOUR), maximum=Period(working_days=9)),
)
WEEKS = (
    week(*["09:00-18:00"] * 5, "", ""),
    week("08:00-12:00", "", "00:00-24:00", "13:00-13:40", "", "22:00-24:00", ""),
    week("", "", "", "", "", "", "02:30-03:30"),
)
# It moves only when it is moved: an example is the same on every machine, and what is due at an instant is tried at it.
STANDING_CLOCK = """
create or replace function clew.clew_now() returns timestamptz language sql volatile as
  'select timestamptz ''2025-01-01 00:00Z'' + (select moved_by from clew.clock)'
"""
# Before the long holidays of two years, before a clock that is put on, and before a year that is not published.
BEGINNINGS = (
    datetime(2025, 1, 22, 8, tzinfo=UTC),
    datetime(2026, 3, 27, 15, tzinfo=UTC),
    datetime(2026, 9, 23, 6, tzinfo=UTC),
    datetime(2026, 12, 28, 8, tzinfo=UTC),
)


@dataclass(frozen=True)
class Held:
    """A holding, as the model has it."""

    lead: int
    rep: int
    holding_id: UUID
    from_pool: bool


@dataclass
class Model:
    """Who holds which lead, who held it before, and how many leads each may hold."""

    limits: dict[tuple[int, LimitScope], int]
    held: dict[int, Held] = field(default_factory=dict)
    # By lead: the conversion that leases its holding.
    leased: dict[int, UUID] = field(default_factory=dict)
    converted: set[int] = field(default_factory=set)
    earlier: list[Held] = field(default_factory=list)

    def open(self, held: Held) -> None:
        self.end(held.lead)
        self.held[held.lead] = held

    def end(self, lead: int) -> None:
        self.leased.pop(lead, None)
        if lead in self.held:
            self.earlier.append(self.held.pop(lead))

    def one_held(self, which: int) -> Held | None:
        return list(self.held.values())[which % len(self.held)] if self.held else None

    def full(self, lead: int, rep: int, *, from_pool: bool) -> bool:
        """Some limit that a holding would count under has no room: what is taken out of no pool, none of a pool."""
        return any(
            self.count(rep, scope) >= limit
            for (whose, scope), limit in self.limits.items()
            if whose == rep and scope in scopes(lead, from_pool)
        )

    def count(self, rep: int, scope: LimitScope) -> int:
        return sum(one.rep == rep and scope in scopes(one.lead, one.from_pool) for one in self.held.values())


def scopes(lead: int, from_pool: bool) -> set[LimitScope]:
    """Under which limits a holding counts."""
    which = {LimitScope.GRADE: lead in GRADED, LimitScope.PRODUCT: lead in OF_A_PRODUCT, LimitScope.POOL: from_pool}
    return {LimitScope.REP, *(scope for scope, counts in which.items() if counts)}


class World:
    """A database of its own and a loop to wait on: Hypothesis knows nothing of the tests' loop."""

    pool: Pool
    reps: list[Rep]
    leads: list[UUID]
    calendar: str

    def __init__(self, engine: AsyncEngine, runner: asyncio.Runner) -> None:
        self.engine, self.runner = engine, runner
        self.scene = Scene(engine, cast(HoldingServiceStub, None))
        self.steps = 0

    def wait(self, work: Awaitable[T]) -> T:
        async def done() -> T:
            return await work

        return self.runner.run(done())

    def act(self, caller: Caller, verb: Callable[[AsyncConnection], Awaitable[Any]]) -> Any:
        """A step: what the verb answers, or the reason why it was refused. A refusal is an answer here."""

        async def once() -> Any:
            set_caller(caller)
            async with self.engine.begin() as db:
                return await verb(db)

        self.steps += 1
        try:
            return self.wait(once())
        except Refusal as refusal:
            return refusal.reason

    def call(self, caller: Caller, method: Callable[[Any, Any], Awaitable[T]], request: Any) -> T:
        """A step of several transactions, as the servicer carries it out."""

        async def once() -> T:
            set_caller(caller)
            return await method(request, None)

        self.steps += 1
        return self.wait(once())

    def as_rep(self, rep: int) -> Caller:
        return Caller(str(self.reps[rep].rep_id), Role.REP)

    async def begin(
        self, now: datetime, policy: Policy, hours: Week, limits: dict[tuple[int, LimitScope], int]
    ) -> None:
        """At that instant, with nobody there but these."""
        await self.scene.run(FORGET)
        await clock.move(self.engine, now - await self.scene.now())
        self.calendar = f"c{uuid4().hex[:8]}"
        set_caller(MANAGER)
        async with self.engine.begin() as db:
            await self.open_for(db, hours, ())
        self.pool = await self.scene.a_pool(self.by_own_calendar(policy))
        self.reps = [await self.scene.a_rep(None) for _ in range(REPS)]
        for (rep, scope), limit in limits.items():
            await self.scene.limit_of(self.reps[rep], scope, self.key(scope), limit)
        self.leads = []
        for lead in range(LEADS):
            grade, product = GRADE if lead in GRADED else "", PRODUCT if lead in OF_A_PRODUCT else ""
            self.leads += await self.scene.leads(1, self.pool, grade=grade, product=product)

    def by_own_calendar(self, policy: Policy) -> Policy:
        return replace(policy, calendar=self.calendar) if policy.calendar == "own" else policy

    def key(self, scope: LimitScope) -> str:
        keys = {LimitScope.GRADE: GRADE, LimitScope.PRODUCT: PRODUCT, LimitScope.POOL: str(self.pool.pool_id)}
        return keys.get(scope, "")

    async def open_for(self, db: AsyncConnection, hours: Week, holidays: tuple[datetime, ...]) -> None:
        """The calendar's next version, as the servicer imports it."""
        days = {day.date(): ImportedDay(make_up=False, name="节日") for day in holidays}
        years = frozenset(range(2020, 2030))
        imported = Imported(self.calendar, "", "Europe/Berlin", "", hours, days, years)
        for calendar in await import_calendar(db, imported, MANAGER.id):
            await ask_rebasing(db, f"calendar {calendar}", calendar_code=calendar.code)

    async def holders(self) -> dict[int, tuple[UUID, UUID]]:
        """By lead: who holds it, and by which holding. Each is its lead's newest."""
        rows = await self.scene.run(HOLDERS, leads=self.leads)
        assert all(row.newest for row in rows)
        return {self.leads.index(row.lead_id): (row.rep_id, row.holding_id) for row in rows}

    async def rows_of(self, lead: int) -> list[Any]:
        """The lead, all its holdings and everybody's limits, as they are stored."""
        return [tuple(row) for row in await self.scene.run(ROWS, lead_id=self.leads[lead])]

    async def wake_at(self, holding_id: UUID) -> datetime:
        [row] = await self.scene.run("select wake_at from routing.holding where holding_id = :id", id=holding_id)
        return cast(datetime, row[0])

    async def claims_counted(self, holding_id: UUID) -> int:
        """Of its rep, on the day of this claim."""
        [row] = await self.scene.run(CLAIMS_COUNTED, holding_id=holding_id)
        return cast(int, row[0])

    async def wrong(self) -> list[str]:
        """What must never be seen. Lowering a limit takes nothing away, so that some are over theirs."""
        async with self.engine.connect() as db:
            found = [each for each in await violations(db) if "over its limit" not in each]
        rows = await self.scene.run(
            f"{RECALLED_EARLY} union all {CLAIMED_EARLY} union all {OVERCLAIMED} union all {DUE_THOUGH_EXEMPT}"
        )
        return found + [f"{row.what}: {row.which}" for row in rows]


# Examples neither see one another's leads nor wait for them. With the reps goes all that hangs on them.
FORGET = "truncate routing.lead, routing.rep, routing.event, routing.decision, routing.request cascade"
HOLDERS = """
select h.lead_id, h.rep_id, h.holding_id, h.epoch = l.epoch as newest
from routing.holding h join routing.lead l using (lead_id) where h.lead_id = any(:leads) and h.ended_at is null
"""
ROWS = """
select 1, cast(epoch as text), cast(to_jsonb(holding) as text) from routing.holding where lead_id = :lead_id
union all select 2, '', cast(to_jsonb(lead) as text) from routing.lead where lead_id = :lead_id
union all select 3, scope || key || rep_id, cast(to_jsonb(holding_limit) as text) from routing.holding_limit
order by 1, 2
"""
CLAIMS_COUNTED = """
select claims from routing.holding h join routing.pool on pool_id = taken_from_pool_id
join routing.pool_day day on day.pool_id = pool.pool_id and day.rep_id = h.rep_id
  and local_date = cast(h.started_at at time zone time_zone as date)
where holding_id = :holding_id
"""
# Of each recall the ledger has the instant at which it was due and the one at which it was done (I5).
RECALLED_EARLY = """
select 'recalled before it was due' as what, h.holding_id as which
from routing.holding h left join routing.decision d on d.holding_id = h.holding_id and d.verb = 'Recall'
where h.end_cause in ('recalled', 'unanswered')
  and (d.decided_at >= d.due_at and d.decided_at = h.ended_at and d.due_at = h.due_at) is not true
"""
CLAIMED_EARLY = """
select 'claimed while cooling down', h.holding_id
from routing.holding h join routing.holding before using (lead_id, rep_id)
where h.origin = 'CLAIMED' and before.epoch < h.epoch and before.may_claim_again_at > h.started_at
"""
DUE_THOUGH_EXEMPT = """
select 'due though its holder owns an open opportunity', h.holding_id
from routing.holding h join routing.lead using (lead_id)
where h.ended_at is null and h.rep_id = any(opportunity_owners) and h.due_at < timestamptz '9999-01-01 00:00Z'
"""
# The limit of a day may be lowered below what was claimed on it, and counts only from when it is set.
OVERCLAIMED = """
select 'more claims counted than made', day.rep_id
from routing.pool_day day join routing.pool using (pool_id)
where claims > (
  select count(*) from routing.holding h
  where h.rep_id = day.rep_id and h.taken_from_pool_id = pool_id and h.origin = 'CLAIMED'
    and cast(h.started_at at time zone time_zone as date) = local_date
)
"""
