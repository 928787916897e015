"""Whom do we know by these keys? One question over leads, contacts and accounts; answered masked, and fast."""

import json

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from clew.intake.v1 import intake_pb2 as pb
from clew.intake.v1.intake_pb2_grpc import IntakeServiceStub
from services.intake import store_keys
from tests.examples import as_rep, as_service
from tests.intake.submissions import (
    a_submission,
    give_access,
    new_credit_code,
    new_id,
    new_mobile,
    refused,
    rows,
    submitted,
)

Stub = IntakeServiceStub
REP = as_rep(new_id())


async def check(intake: Stub, **person: str) -> list[pb.KeyMatch]:
    request = pb.CheckDuplicatesRequest(person=pb.Person(**person))
    return list((await intake.CheckDuplicates(request, metadata=REP)).matches)


async def test_a_number_in_another_spelling_is_answered_masked_with_its_holder(intake: Stub) -> None:
    mobile = new_mobile()
    lead_id = (await submitted(intake, a_submission(phone=mobile))).lead_id
    await give_access(intake, lead_id, new_id())

    [match] = await check(intake, phone=f"手机：{mobile[:3]} {mobile[3:7]} {mobile[7:]}")

    assert (match.lead_id, match.owner, match.strong) == (lead_id, pb.KEY_OWNER_LEAD, True)
    assert (match.masked_person, match.masked_holder) == (f"韩* {mobile[:3]}****{mobile[7:]}", "L**7")


async def test_who_has_no_phone_is_masked_by_the_address(intake: Stub) -> None:
    address = f"{new_id()}@example.com"
    await submitted(intake, a_submission(phone="", email=address))

    [match] = await check(intake, email=address.upper())

    assert match.masked_person == f"韩* {address[0]}***@example.com"


async def test_one_check_covers_leads_contacts_and_accounts_strong_keys_first(intake: Stub) -> None:
    mobile, code = new_mobile(), new_credit_code()
    known = a_submission(phone=mobile, company=f"云帆{code}有限公司", credit_code=code)
    lead_id = (await submitted(intake, known)).lead_id
    became = pb.RegisterKeysRequest(
        request_id=new_id(), lead_id=lead_id, account_id=new_id(), contact_id=new_id(), account_owner=new_id()
    )
    await intake.RegisterKeys(became, metadata=as_service())

    matches = await check(intake, phone=mobile, company=f"云帆{code}", credit_code=code)

    assert [match.strong for match in matches] == [True] * 4 + [False] * 2
    assert {(match.key_kind, match.owner, match.owner_id) for match in matches} == {
        (pb.KEY_KIND_MOBILE, pb.KEY_OWNER_LEAD, lead_id),
        (pb.KEY_KIND_MOBILE, pb.KEY_OWNER_CONTACT, became.contact_id),
        (pb.KEY_KIND_CREDIT_CODE, pb.KEY_OWNER_LEAD, lead_id),
        (pb.KEY_KIND_CREDIT_CODE, pb.KEY_OWNER_ACCOUNT, became.account_id),
        (pb.KEY_KIND_COMPANY_NAME, pb.KEY_OWNER_LEAD, lead_id),
        (pb.KEY_KIND_COMPANY_NAME, pb.KEY_OWNER_ACCOUNT, became.account_id),
    }
    assert {match.lead_id for match in matches} == {lead_id}


async def test_nobody_known_is_no_match_and_a_check_stores_nothing(intake: Stub, engine: AsyncEngine) -> None:
    stored = "select (select count(*) from intake.submission), (select count(*) from intake.event)"
    before = await rows(engine, stored)

    assert await check(intake, phone=new_mobile()) == []
    assert await rows(engine, stored) == before


@pytest.mark.parametrize(
    ("person", "field"),
    [
        ({"name": "李雷", "title": "经理"}, "person"),
        ({"phone": "98765"}, "person.phone"),
        ({"email": "no address"}, "person.email"),
        ({"credit_code": "1"}, "person.credit_code"),
    ],
)
async def test_a_check_without_a_key_that_can_be_read_is_refused_by_field(
    intake: Stub, person: dict[str, str], field: str
) -> None:
    told = await refused(check(intake, **person))

    assert (told.reason, [name for name, _ in told.fields]) == ("INVALID_FIELD", [field])


async def test_a_number_is_read_in_the_country_of_the_check(intake: Stub) -> None:
    lead_id = (await submitted(intake, a_submission(phone="+49 171 3920007"))).lead_id
    request = pb.CheckDuplicatesRequest(person=pb.Person(phone="0171 3920007"), country="DE")

    answer = await intake.CheckDuplicates(request, metadata=REP)

    assert [match.lead_id for match in answer.matches] == [lead_id]


# A company that very many leads name, among many leads.
MANY = 30_000
FILL = f"""
with person as (
  insert into intake.person (person_id, name, phone, email, wecom_id, company, credit_code, title)
  select gen_random_uuid(), '某人', '+86139' || lpad(n::text, 8, '0'), '', '', '', '', ''
  from generate_series(1, {MANY}) n
  returning person_id, phone
), lead as (
  insert into intake.lead (lead_id, person_id, business_line, facts, channel, created_at, changed_at, taken_version)
  select gen_random_uuid(), person_id, 'default', '{{}}', 'web_form', now(), now(), 1 from person
  returning lead_id, person_id
)
insert into intake.identity_key (kind, value, business_line, strong, owner, owner_id, lead_id)
select kind, case kind when 'MOBILE' then phone else '人人都写' end, 'default', kind = 'MOBILE', 'LEAD', lead_id,
  lead_id
from lead join person using (person_id), (values ('MOBILE'), ('COMPANY_NAME')) as k (kind)
"""


async def test_a_key_that_very_many_share_costs_no_more_than_what_is_shown(intake: Stub, engine: AsyncEngine) -> None:
    async with engine.begin() as db:
        await db.execute(text(FILL))
    async with engine.connect() as db:
        await (await db.execution_options(isolation_level="AUTOCOMMIT")).execute(text("analyze"))
        asked = {
            "numbers": [0, 0],
            "kinds": ["COMPANY_NAME", "MOBILE"],
            "values": ["人人都写", "+8613900000007"],
            "lines": ["default", "default"],
            "most": store_keys.MOST_MATCHES,
        }
        plan = await db.scalar(text(f"explain (analyze, format json) {store_keys.MATCHES}"), asked)

    matches = await check(intake, company="人人都写有限公司", phone="13900000007")

    assert len(matches) == store_keys.MOST_MATCHES
    assert matches[0].strong
    read = json.dumps(plan)
    assert "Seq Scan" not in read
    assert plan[0]["Execution Time"] < 50
