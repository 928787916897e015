"""What a conversion asks of intake, and what intake knows afterwards."""

import asyncio

from sqlalchemy.ext.asyncio import AsyncEngine

from clew.intake.v1 import intake_pb2 as pb
from clew.intake.v1.intake_pb2_grpc import IntakeServiceStub
from tests.examples import as_service
from tests.intake.submissions import (
    a_submission,
    events_of,
    facts_of,
    lead_as,
    new_credit_code,
    new_id,
    new_mobile,
    refused,
    rows,
    submitted,
)

Stub = IntakeServiceStub


async def match(intake: Stub, lead_id: str) -> pb.MatchAccountResponse:
    return await intake.MatchAccount(pb.MatchAccountRequest(lead_id=lead_id), metadata=as_service())


async def register(
    intake: Stub, lead_id: str, account_id: str, contact_id: str, account_owner: str
) -> pb.RegisterKeysResponse:
    request = pb.RegisterKeysRequest(
        request_id=new_id(),
        lead_id=lead_id,
        account_id=account_id,
        contact_id=contact_id,
        account_owner=account_owner,
    )
    return await intake.RegisterKeys(request, metadata=as_service())


async def converted(intake: Stub, **person: str) -> tuple[str, str, str, str]:
    """A lead that became an account and a contact: the ids of lead, account, contact and of the account's owner."""
    lead_id = (await submitted(intake, a_submission(**person))).lead_id
    ids = new_id(), new_id(), new_id()
    await register(intake, lead_id, *ids)
    return lead_id, *ids


async def test_before_a_conversion_there_is_a_company_and_no_account(intake: Stub) -> None:
    lead_id = (await submitted(intake, a_submission(company="云帆科技有限公司"))).lead_id

    answer = await match(intake, lead_id)

    assert (answer.account_id, answer.contact_id, bool(answer.organisation_id)) == ("", "", True)
    assert answer.person_id == (await lead_as(intake, lead_id)).person_id
    assert answer.facts.lead_id == lead_id


async def test_a_lead_without_a_company_has_none(intake: Stub) -> None:
    assert (await match(intake, (await submitted(intake)).lead_id)).organisation_id == ""


async def test_a_company_is_one_organisation_by_its_code_and_never_by_its_name(intake: Stub) -> None:
    code = new_credit_code()
    people = [
        {"name": "李雷", "company": "云帆科技有限公司", "credit_code": code},
        {"name": "韩梅梅", "company": "云帆", "credit_code": code},
        {"name": "王建国", "company": "云帆科技有限公司"},
    ]

    leads = [(await submitted(intake, a_submission(**person))).lead_id for person in people]

    first, second, third = [(await match(intake, lead_id)).organisation_id for lead_id in leads]
    assert first == second != third


async def test_keys_are_copied_once_however_often_asked(intake: Stub) -> None:
    code = new_credit_code()
    lead_id, *ids = await converted(intake, company=f"云帆{code}有限公司", credit_code=code)

    again = await register(intake, lead_id, *ids)

    # Mobile number for the contact, name and code for the account.
    assert again.keys == 3
    kinds = [event.kind for event in await events_of(intake, lead_id)]
    assert kinds == ["lead_created", "keys_registered"]


async def test_who_comes_back_after_a_conversion_is_attached_to_the_lead_behind_the_contact(intake: Stub) -> None:
    mobile = new_mobile()
    lead_id, _, contact_id, _ = await converted(intake, phone=mobile)

    answer = await submitted(intake, a_submission(phone=mobile))

    assert (answer.outcome, answer.lead_id) == (pb.OUTCOME_ATTACHED, lead_id)
    assert {(one.owner, one.owner_id) for one in answer.matches} == {
        (pb.KEY_OWNER_LEAD, lead_id),
        (pb.KEY_OWNER_CONTACT, contact_id),
    }
    assert (await match(intake, lead_id)).contact_id == contact_id


async def test_a_newcomer_with_the_accounts_code_is_matched_to_it_and_to_its_owner(intake: Stub) -> None:
    code = new_credit_code()
    _, account_id, _, owner = await converted(intake, credit_code=code)

    newcomer = await submitted(intake, a_submission(name="王建国", credit_code=code))

    assert newcomer.outcome == pb.OUTCOME_CREATED
    known = await facts_of(intake, newcomer.lead_id)
    assert (known.facts.account_matched, known.account_owner) == (True, owner)
    assert (await match(intake, newcomer.lead_id)).account_id == account_id


async def test_the_companys_other_leads_learn_that_there_is_an_account(intake: Stub) -> None:
    code = new_credit_code()
    colleague = (await submitted(intake, a_submission(name="王建国", credit_code=code))).lead_id
    stranger = (await submitted(intake, a_submission(name="张伟", credit_code=new_credit_code()))).lead_id
    assert not (await facts_of(intake, colleague)).facts.account_matched

    lead_id, *ids = await converted(intake, credit_code=code)
    await register(intake, lead_id, *ids)

    known = await facts_of(intake, colleague)
    assert (known.facts.account_matched, known.account_owner, known.version) == (True, ids[2], 2)
    assert [event.kind for event in await events_of(intake, colleague)] == ["lead_created", "facts_changed"]
    assert (await facts_of(intake, stranger)).version == 1


async def test_a_code_that_is_a_colleagues_key_is_the_accounts_all_the_same(intake: Stub) -> None:
    code = new_credit_code()
    await submitted(intake, a_submission(name="李雷", credit_code=code))

    _, account_id, _, _ = await converted(intake, name="王建国", credit_code=code)

    third = (await submitted(intake, a_submission(name="张伟", credit_code=code))).lead_id
    assert (await match(intake, third)).account_id == account_id


async def test_a_re_enquiry_that_brings_the_companys_code_matches_the_account(intake: Stub) -> None:
    code, mobile = new_credit_code(), new_mobile()
    _, account_id, _, owner = await converted(intake, credit_code=code)
    lead_id = (await submitted(intake, a_submission(phone=mobile, name="王建国"))).lead_id

    await submitted(intake, a_submission(phone=mobile, name="王建国", credit_code=code))

    known = await facts_of(intake, lead_id)
    assert (known.facts.account_matched, known.account_owner) == (True, owner)
    answer = await match(intake, lead_id)
    assert (answer.account_id, bool(answer.organisation_id)) == (account_id, True)


async def test_an_account_that_changes_hands_is_its_new_owners(intake: Stub) -> None:
    code, new_owner = new_credit_code(), new_id()
    lead_id, account_id, contact_id, _ = await converted(intake, credit_code=code)

    await register(intake, lead_id, account_id, contact_id, new_owner)

    newcomer = (await submitted(intake, a_submission(name="王建国", credit_code=code))).lead_id
    assert (await facts_of(intake, newcomer)).account_owner == new_owner


async def test_conversions_of_one_company_at_once_all_register_without_a_deadlock(
    intake: Stub, engine: AsyncEngine
) -> None:
    code, account_id, owner = new_credit_code(), new_id(), new_id()
    names = ["李雷", "韩梅梅", "王建国", "张伟", "Ada Lovelace", "Grace Hopper"]
    leads = [(await submitted(intake, a_submission(name=name, credit_code=code))).lead_id for name in names]

    await asyncio.gather(*(register(intake, lead_id, account_id, new_id(), owner) for lead_id in leads))

    contacts = "select count(*) from intake.identity_key where owner = 'CONTACT' and lead_id = any(:leads)"
    assert await rows(engine, contacts, leads=leads) == [(6,)]
    for lead_id in leads:
        assert (await events_of(intake, lead_id))[-1].kind in ("keys_registered", "facts_changed")


async def test_a_lead_that_is_not_there_is_not_found(intake: Stub) -> None:
    for call in (match(intake, new_id()), register(intake, *(new_id() for _ in range(4)))):
        assert (await refused(call)).reason == "NOT_FOUND"
