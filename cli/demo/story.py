"""The choreography: the company is set up, leads come in, reps work, deadlines pass, and all is counted."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from cli.calling import connected
from cli.demo import moments, named_lead, office
from cli.demo.columns import Field
from cli.demo.crash import a_worker_is_killed
from cli.demo.gathering import gather_report, open_seconds_holdings, states_of
from cli.demo.leads_file import LeadsFile, prepared
from cli.demo.live import Show, look
from cli.demo.moments import Met
from cli.demo.report import Observed
from cli.demo.reps import Desk, Shift
from cli.demo.seen import Seen
from cli.demo.setting import ADMINISTRATOR, WORKING_LIFE, Setting, publish, set_up
from cli.demo.stage import Stage
from cli.demo.submissions import KnownIds, Prepared
from cli.demo.submitting import submit_all
from cli.demo.waiting import until
from cli.stack.stack import Stack

MOST_CAMPAIGNS = 50
MOST_LINES_SAID = 10
# After the last row is in: so long reps go on claiming, then so long they only work on what they hold.
CLAIMS_GO_ON, WORK_GOES_ON = 2.0, 2.5
# What is claimed at the end is still held when the stack is started again.
KEEPERS, KEPT_EACH = ("L001", "L002", "L008"), 3
AT_REST_WITHIN = 60.0


@dataclass(frozen=True)
class Played:
    observed: Observed
    named_lead_id: str  # empty when no row could be it
    keeper: str  # a rep who holds leads now, or empty


async def play(stack: Stack, file: LeadsFile, seen: Seen, show: Show, *, seed: int, invented: bool) -> Played:
    async with connected(stack.addresses, ADMINISTRATOR) as clew:
        with seen.phase("set-up"):
            setting = await set_up(clew, file.distinct(Field.CAMPAIGN)[:MOST_CAMPAIGNS])
            rows = _prepared(file, setting, seen, show)
        shift = Shift()
        desks = {rep.code: Desk(clew, rep, seen, shift, seed) for rep in setting.reps}
        stage = Stage(clew, seen, shift, setting, desks, show)
        watching = asyncio.create_task(show.follow(clew))
        try:
            with seen.phase("one lead in full"):
                lead_id, others, met = await _one_lead_first(stage, rows, invented=invented)
            with seen.phase("leads come in, reps work"):
                await _working_day(stage, stack, others, met, seed)
            with seen.phase("last deadlines pass"):
                keeper = await _evening(stage)
        finally:
            watching.cancel()
            with suppress(asyncio.CancelledError):
                await watching
        with seen.phase("asking for the report"):
            await look(clew, seen)
            observed = await gather_report(clew, stack.addresses, seen, file.name)
    return Played(observed, lead_id, keeper)


def _prepared(file: LeadsFile, setting: Setting, seen: Seen, show: Show) -> list[Prepared]:
    rows, bad_lines = prepared(file, KnownIds(setting.campaigns, setting.rep_ids()))
    seen.rows = len(file.rows) + len(file.bad_lines)
    seen.bad_lines += bad_lines
    left_out = [(row.line, value) for row in rows for value in row.left_out]
    _say_some(show, [f"Line {line.line} is not taken: {line.reason}" for line in bad_lines])
    _say_some(show, [f"Line {line} is taken without its {value}, which is not understood" for line, value in left_out])
    return rows


def _say_some(show: Show, lines: Sequence[str]) -> None:
    for line in lines[:MOST_LINES_SAID]:
        show.say(line)
    if len(lines) > MOST_LINES_SAID:
        show.say(f"… and {len(lines) - MOST_LINES_SAID} more of this kind")


async def _one_lead_first(stage: Stage, rows: Sequence[Prepared], *, invented: bool) -> tuple[str, list[Prepared], Met]:
    """While all is quiet: one lead from its capture to its end. Answers it, the rows left, and who was refused."""
    lead, others = await named_lead.take_in(stage, rows, invented=invented)
    if lead is None:
        stage.show.say("No row could be the named lead: its moments are not shown")
        return "", others, []
    await moments.known_in_another_spelling(stage, lead)
    await named_lead.reminded_and_recalled(stage, lead)
    refused = await named_lead.claimed_again(stage, lead)
    await named_lead.won_by_another(stage, lead)
    met = [(f"{lead.holding.rep_code} claims again what was recalled from him", refused)]
    return lead.lead_id, others, met


async def _working_day(stage: Stage, stack: Stack, rows: Sequence[Prepared], met: Met, seed: int) -> None:
    """Everything at once, as it is: rows come in while reps work."""
    stage.show.say(f"{len(rows)} more rows come in while {len(stage.desks)} reps work")
    rows_are_in = asyncio.Event()
    async with asyncio.TaskGroup() as day:
        for desk in stage.desks.values():
            day.create_task(desk.work())
        manager = office.SalesManager(stage.clew, stage.seen, stage.shift)
        day.create_task(manager.work())
        day.create_task(manager.decide_reviews())
        day.create_task(office.note_engagements(stage.clew, stage.seen, stage.shift, seed))
        telling = day.create_task(moments.refusals(stage, met))
        crashing = day.create_task(a_worker_is_killed(stage, stack, rows_are_in))
        await submit_all(stage.clew, rows, stage.seen)
        rows_are_in.set()
        stage.show.say("All rows are in; deadlines go on passing")
        await asyncio.sleep(CLAIMS_GO_ON)
        await telling
        await crashing
        stage.shift.claiming = False
        await asyncio.sleep(WORK_GOES_ON)
        stage.shift.working = False


async def _evening(stage: Stage) -> str:
    """Policies of a working life are published; what began under seconds ends by them. Answers who holds leads."""
    versions = await publish(stage.clew, WORKING_LIFE)
    stage.show.say(
        f"Published {', '.join(versions)} with hours and days; open holdings keep the version they began with"
    )
    keepers = [code for code in KEEPERS if await _keeps_some(stage, code)]
    at_rest = await until(_at_rest(stage), patience=AT_REST_WITHIN, every=0.4)
    if at_rest is None:
        stage.show.say(f"Not everything came to rest within {AT_REST_WITHIN:.0f} s: see the report")
    return keepers[0] if keepers else ""


async def _keeps_some(stage: Stage, rep_code: str) -> bool:
    kept = [await moments.claim_a_free_one(stage, rep_code) for _ in range(KEPT_EACH)]
    return any(kept)


def _at_rest(stage: Stage) -> Callable[[], Awaitable[bool | None]]:
    """Nothing is held by deadlines of seconds, and nothing qualifies any more."""
    not_routed = list(stage.seen.created)

    async def look() -> bool | None:
        nonlocal not_routed
        if await open_seconds_holdings(stage.clew, stage.setting.seconds_policies):
            return None
        states = await states_of(stage.clew, not_routed)
        not_routed = [lead_id for lead_id, state in zip(not_routed, states, strict=True) if state == "QUALIFYING"]
        return None if not_routed else True

    return look
