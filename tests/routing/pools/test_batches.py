"""Many leads at once: an outcome for each, in the order asked, and one that is refused undoes no other."""

import asyncio
from collections.abc import Iterable, Sequence
from uuid import uuid4

from clew.routing.v1 import holdings_pb2
from clew.routing.v1 import pools_pb2 as pb
from tests.examples import as_manager, as_rep
from tests.routing.office import Office, Rep, fresh, instant, refused, state_name
from tests.routing.pools.keeping import DAY, keep, waiting_leads


def said(outcomes: Iterable[pb.HoldingOutcome | pb.StateOutcome]) -> list[str]:
    """`OK`, or why not."""
    return [one.refusal.reason if one.HasField("refusal") else "OK" for one in outcomes]


async def claim_leads(office: Office, rep: Rep, lead_ids: Sequence[str], request_id: str = "") -> pb.ClaimLeadsResponse:
    request = pb.ClaimLeadsRequest(request_id=request_id or fresh(), lead_ids=lead_ids)
    return await office.pools.ClaimLeads(request, metadata=as_rep(rep.rep_id))


async def transfer_leads(
    office: Office, holdings: Sequence[holdings_pb2.Holding], to: Sequence[Rep]
) -> pb.TransferLeadsResponse:
    items = [
        pb.HoldingTransfer(holding_id=holding.holding_id, rep_code=rep.code)
        for holding, rep in zip(holdings, to, strict=True)
    ]
    request = pb.TransferLeadsRequest(request_id=fresh(), items=items)
    return await office.pools.TransferLeads(request, metadata=as_manager())


async def test_each_lead_is_claimed_or_refused_as_a_claim_by_itself_would_be(office: Office) -> None:
    pool, rep, other = await office.a_pool(), await office.a_rep(limit=2), await office.a_rep()
    first, held, second, third = await waiting_leads(office, pool, 4)
    await office.claim(other, held)
    unknown = str(uuid4())

    answer = await claim_leads(office, rep, [held, first, unknown, second, third])

    assert [one.item_id for one in answer.outcomes] == [held, first, unknown, second, third]
    assert said(answer.outcomes) == ["ALREADY_HELD", "OK", "NOT_READY_YET", "OK", "HOLDING_LIMIT_REACHED"]
    assert answer.outcomes[0].refusal.metadata["holder"] == other.code
    alone = await refused(office.claim(rep, third))
    told = answer.outcomes[4].refusal
    assert (told.message, dict(told.metadata)) == (alone.message, alone.metadata)
    assert [one.holding.rep_code for one in answer.outcomes if one.HasField("holding")] == [rep.code, rep.code]


async def test_the_same_request_answers_the_same_though_it_would_be_decided_otherwise_now(office: Office) -> None:
    pool, rep = await office.a_pool(), await office.a_rep(limit=1)
    leads, request_id = await waiting_leads(office, pool, 2), fresh()
    first = await claim_leads(office, rep, leads, request_id)
    await office.set_limit(rep, 10)

    again = await claim_leads(office, rep, leads, request_id)

    assert again == first
    assert said(again.outcomes) == ["OK", "HOLDING_LIMIT_REACHED"]
    assert await office.state(leads[1]) == "POOLED"
    told = await refused(claim_leads(office, rep, leads[:1], request_id))
    assert told.reason == "REQUEST_ID_REUSED"


async def test_the_same_request_twice_at_once_is_carried_out_once(office: Office) -> None:
    pool, rep = await office.a_pool(), await office.a_rep(limit=5)
    leads, request_id = await waiting_leads(office, pool, 8), fresh()

    one, other = await asyncio.gather(*(claim_leads(office, rep, leads, request_id) for _ in range(2)))

    assert one == other
    assert said(one.outcomes) == ["OK"] * 5 + ["HOLDING_LIMIT_REACHED"] * 3


async def test_a_call_that_was_cut_short_goes_on_where_it_ended(office: Office) -> None:
    pool, rep = await office.a_pool(), await office.a_rep()
    leads, request_id = await waiting_leads(office, pool, 3), fresh()
    first = await claim_leads(office, rep, leads, request_id)
    # Its answer was never kept, as if the process had ended before.
    await office.run("delete from routing.request where request_id = :id and method = 'ClaimLeads'", id=request_id)

    again = await claim_leads(office, rep, leads, request_id)

    assert again == first
    assert [len(await office.decisions(lead_id)) for lead_id in leads] == [1, 1, 1]


async def test_leads_are_assigned_each_to_its_rep(office: Office) -> None:
    pool, one, other = await office.a_pool(), await office.a_rep(), await office.a_rep()
    first, second, third = await waiting_leads(office, pool, 3)
    items = [
        pb.LeadAssignment(lead_id=lead_id, rep_code=code)
        for lead_id, code in ((first, one.code), (second, "nobody"), (third, other.code))
    ]

    answer = await office.pools.AssignLeads(
        pb.AssignLeadsRequest(request_id=fresh(), items=items), metadata=as_manager()
    )

    assert said(answer.outcomes) == ["OK", "NOT_FOUND", "OK"]
    assert [answer.outcomes[place].holding.rep_code for place in (0, 2)] == [one.code, other.code]


async def test_leads_are_given_back_for_one_reason(office: Office) -> None:
    pool, rep, other = await office.a_pool(), await office.a_rep(), await office.a_rep()
    (first, mine), (_, theirs) = await office.a_held_lead(rep, pool), await office.a_held_lead(other, pool)
    until = await office.now() + 30 * DAY
    request = pb.ReturnLeadsRequest(
        request_id=fresh(),
        holding_ids=[theirs.holding_id, mine.holding_id],
        reason="NOT_READY",
        resting_until=until,
    )

    answer = await office.pools.ReturnLeads(request, metadata=as_rep(rep.rep_id))

    assert said(answer.outcomes) == ["NOT_YOURS", "OK"]
    assert state_name(answer.outcomes[1].state) == "POOLED"
    [row] = await office.run("select resting_until from routing.lead where lead_id = :id", id=first)
    assert row.resting_until == instant(request.resting_until)


async def test_batches_of_the_same_leads_in_opposite_orders_end_and_share_them(office: Office) -> None:
    pool, reps = await office.a_pool(), [await office.a_rep() for _ in range(4)]
    leads = await waiting_leads(office, pool, 40)

    answers = await asyncio.gather(
        *(claim_leads(office, rep, leads[::-1] if turn % 2 else leads) for turn, rep in enumerate(reps))
    )

    by_lead = dict.fromkeys(leads, 0)
    for answer in answers:
        assert set(said(answer.outcomes)) <= {"OK", "ALREADY_HELD"}
        for one in answer.outcomes:
            by_lead[one.item_id] += one.HasField("holding")
    assert set(by_lead.values()) == {1}


async def test_batches_of_transfers_to_and_fro_in_opposite_orders_end(office: Office) -> None:
    """Each locks the limits of two reps; neither waits for the other for ever."""
    pool, one, other = await office.a_pool(), await office.a_rep(), await office.a_rep()
    leads = await waiting_leads(office, pool, 20)
    of_one = [await office.claim(one, lead_id) for lead_id in leads[:10]]
    of_the_other = [await office.claim(other, lead_id) for lead_id in leads[10:]]

    answers = await asyncio.gather(
        transfer_leads(office, of_one, [other] * 10),
        transfer_leads(office, of_the_other[::-1], [one] * 10),
        transfer_leads(office, of_one[::-1], [other] * 10),
    )

    assert said(answers[1].outcomes) == ["OK"] * 10
    twice = [*said(answers[0].outcomes), *said(answers[2].outcomes)]
    assert sorted(twice) == ["HOLDING_ENDED"] * 10 + ["OK"] * 10


async def test_of_thirty_two_claims_at_once_the_days_limit_lets_five_through(office: Office) -> None:
    pool, rep = await office.a_pool(), await office.a_rep()
    await keep(office, pool, daily_claim_limit=5)
    leads = await waiting_leads(office, pool, 32)

    found = await asyncio.gather(*(office.claim(rep, lead_id) for lead_id in leads), return_exceptions=True)

    assert sum(isinstance(one, holdings_pb2.Holding) for one in found) == 5
    [row] = await office.run("select claims from routing.pool_day where rep_id = :rep_id", rep_id=rep.rep_id)
    assert row.claims == 5


async def test_claims_and_dead_numbers_at_once_keep_the_days_count(office: Office) -> None:
    pool, rep = await office.a_pool(), await office.a_rep()
    await keep(office, pool, daily_claim_limit=10)
    leads = await waiting_leads(office, pool, 30)
    held = [await office.claim(rep, lead_id) for lead_id in leads[:10]]

    returns = [office.give_back(rep, holding, "DEAD_NUMBER") for holding in held]
    claims = [office.claim(rep, lead_id) for lead_id in leads[10:]]
    found = await asyncio.gather(*returns, *claims, return_exceptions=True)

    through = sum(isinstance(one, holdings_pb2.Holding) for one in found[10:])
    [row] = await office.run("select claims from routing.pool_day where rep_id = :rep_id", rep_id=rep.rep_id)
    assert found[:10] == [None] * 10
    assert (row.claims, row.claims <= 10) == (through, True)
