"""`clew lead accept …`: the verbs about stages as people type them."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from tests.routing.office import Office
from tests.routing.stages.acts import a_verifier

Run = Callable[..., Awaitable[tuple[int, str, str]]]


async def answer(clew: Run, *words: str, as_: str = "manager:wang") -> Any:
    """What a command answers to a program."""
    code, printed, complaints = await clew(*words, "--json", as_=as_)
    assert code == 0, complaints
    return json.loads(printed)


async def test_a_lead_goes_its_way_from_the_command_line(office: Office, clew: Run) -> None:
    verifier, rep, helper = await office.a_rep(), await office.a_rep(), await office.a_rep()
    lead_id, _ = await office.a_held_lead(verifier)
    await answer(clew, "team", "verifies", verifier.team_code)
    as_verifier = f"rep:{verifier.code}"

    accepted = await answer(clew, "lead", "accept", lead_id, as_=as_verifier)
    added = await answer(clew, "lead", "collaborator", "add", lead_id, helper.code, as_=as_verifier)
    removed = await answer(clew, "lead", "collaborator", "remove", lead_id, helper.code, as_=as_verifier)
    listed = await answer(clew, "lead", "collaborator", "list", lead_id)
    published = await answer(clew, "lead", "publish-criteria", "--fact", "SQL=FIRST_RESPONSE_MET")
    advanced = await answer(clew, "lead", "advance", lead_id, as_=as_verifier)
    handed = await answer(clew, "lead", "hand-off", lead_id, rep.code, as_=as_verifier)
    rejected = await answer(clew, "lead", "reject", lead_id, "--reason", "NO_NEED", as_=f"rep:{rep.code}")

    assert (accepted["stage"], accepted["holding"]["rep_code"]) == ("LEAD_STAGE_SAL", verifier.code)
    assert added["collaborator"]["rep_code"] == helper.code
    assert listed["collaborators"] == [removed["collaborator"]]
    assert advanced["change"]["criteria_version"] == published["criteria_version"]
    assert (handed["holding"]["rep_code"], handed["credited_rep_code"]) == (rep.code, verifier.code)
    assert rejected == {"state": "LEAD_STATE_POOLED"}
    code, printed, _ = await clew("lead", "stages", lead_id)
    assert code == 0
    assert printed.startswith(f"SQL, handed off by {verifier.code}")
    assert "AdvanceStage" in printed


async def test_why_nothing_is_due_is_told(office: Office, clew: Run) -> None:
    rep = await office.a_rep()
    lead_id = await office.a_pooled_lead(opportunity_owners=[rep.rep_id])
    await office.claim(rep, lead_id)

    _, printed, _ = await clew("lead", "why", lead_id)

    assert f"Why nothing is due for {rep.code}" in printed
    assert "The holder owns an open opportunity on the matched account" in printed


async def test_a_lead_is_brought_back_and_struck_out(office: Office, clew: Run) -> None:
    lead_id = await office.open()
    await office.disqualify(lead_id)

    assert (await clew("lead", "reopen", lead_id))[1] == f"Lead {lead_id} is QUALIFYING.\n"
    voided = await clew("lead", "void", lead_id, "--reason", "TEST_DATA", as_="admin:root")
    assert voided[1] == f"Lead {lead_id} is VOIDED.\n"
    code, _, complaints = await clew("lead", "reopen", lead_id)
    assert code != 0
    assert "VOIDED" in complaints


async def test_what_cannot_be_used_is_said_before_anything_is_asked(office: Office, clew: Run) -> None:
    verifier = await a_verifier(office)
    lead_id, _ = await office.a_held_lead(verifier)
    pooled = await office.a_pooled_lead()

    for words, said in (
        (("lead", "advance", lead_id, "WON"), "MQL, SAL, SQL"),
        (("lead", "accept", pooled), "nobody holds it"),
        (("lead", "publish-criteria", "--fact", "SQL=SUNSHINE"), "FIRST_RESPONSE_MET or CONNECTED_FOLLOW_UP"),
        (("lead", "publish-criteria", "--condition", "SQL"), "SQL=CONNECTED_FOLLOW_UP"),
    ):
        code, _, complaints = await clew(*words)
        assert code != 0
        assert said in complaints
