"""The managers' queue as they see it: the best first, page by page, of a team or a home pool; and at the terminal."""

from cli import queue
from cli.output import plain
from tests.routing.office import MINUTE, Office, instant, refused
from tests.routing.pools.keeping import mark
from tests.routing.queue.waiting import a_look_later, an_unassigned_lead, row_of, unassigned
from tests.routing.typed import Typed, seen


async def test_the_best_stands_first_and_each_says_why_and_since_when(office: Office) -> None:
    team = await office.a_team()
    unscored = await an_unassigned_lead(office, team)
    worse = await an_unassigned_lead(office, team, grade="B")
    best = await an_unassigned_lead(office, team, grade="A")

    first, *others = (await unassigned(office, team_code=team)).leads

    row = await row_of(office, best)
    assert [first.lead_id, *(lead.lead_id for lead in others)] == [best, worse, unscored]
    assert (first.reason, first.home_pool_code, first.team_code) == ("NOBODY_HAS_ROOM", "default", team)
    assert (instant(first.unassigned_at), instant(first.retry_at)) == (row.unassigned_at, row.retry_at)
    assert (first.facts.grade, first.holdings, first.reenquiries) == ("A", 0, 0)


async def test_pages_lead_through_all_of_them_once(office: Office) -> None:
    team = await office.a_team()
    leads = [await an_unassigned_lead(office, team) for _ in range(5)]

    seen: list[str] = []
    token = ""
    while not seen or token:
        page = await unassigned(office, team_code=team, page_size=2, page_token=token)
        seen += [lead.lead_id for lead in page.leads]
        token = page.next_page_token

    assert seen == leads


async def test_it_is_filtered_by_the_home_pool(office: Office) -> None:
    pool, team = await office.a_pool(), await office.a_team()
    at_home, elsewhere = [await an_unassigned_lead(office, team) for _ in range(2)]
    [home] = await office.run("select pool_id from routing.pool where code = :pool", pool=pool)
    await mark(office, at_home, home_pool_id=home.pool_id)

    listed = [lead.lead_id for lead in (await unassigned(office, pool_code=pool)).leads]

    assert (listed, elsewhere in listed) == ([at_home], False)


async def test_a_lead_that_was_given_out_is_not_listed_any_more(office: Office) -> None:
    rep = await office.a_rep(limit=0)
    await an_unassigned_lead(office, rep.team_code)

    await office.set_limit(rep, 1)
    await a_look_later(office)

    assert list((await unassigned(office, team_code=rep.team_code)).leads) == []


async def test_a_team_or_pool_that_is_not_there_is_named(office: Office) -> None:
    for asked in ({"team_code": "nobody"}, {"pool_code": "nowhere"}):
        assert (await refused(unassigned(office, **asked))).reason == "NOT_FOUND"


async def test_the_terminal_shows_the_queue_and_json_has_all_of_it(office: Office) -> None:
    team = await office.a_team()
    lead_id = await an_unassigned_lead(office, team, grade="B")
    await office.pass_time(MINUTE)

    output = await queue.unassigned(Typed(office).as_manager(), team=team)
    shown = seen(output)

    for text in (lead_id, "NOBODY_HAS_ROOM", "B", "default", team):
        assert text in shown
    assert [lead["lead_id"] for lead in plain(output.data)["leads"]] == [lead_id]
