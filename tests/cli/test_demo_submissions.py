"""A row's words become the contract's codes; what is not understood is left out and said."""

import pytest

from clew.lead.v1 import lead_pb2
from cli.demo import codes
from cli.demo.columns import Field
from cli.demo.submissions import KnownIds, prepare, tags_of, whole_number
from services.shared.validation import violations


def test_a_full_row_becomes_a_submission_that_the_contract_takes() -> None:
    row = {
        Field.NAME: "李雷",
        Field.PHONE: "+86 138-0013-8000",
        Field.COMPANY: "上海华兴科技有限公司",
        Field.TITLE: "总经理",
        Field.SIZE: "100-499人",
        Field.REGION: "上海",
        Field.COUNTRY: "中国",
        Field.SOURCE: "转介绍",
        Field.CAMPAIGN: "2026上海工博会",
        Field.PRODUCT: "云端版",
        Field.BUDGET: "30万",
        Field.URGENCY: "高",
        Field.TAGS: "比价中、VIP",
        Field.CAPTURED_BY: "L001",
    }
    known = KnownIds(campaigns={"2026上海工博会": "c-1"}, reps={"L001": "0199a3c4-0000-7000-8000-000000000001"})

    prepared = prepare(7, row, known)

    request = prepared.request
    assert not violations(request)
    assert prepared.left_out == ()
    assert (request.source.kind, request.source.channel) == (lead_pb2.SOURCE_KIND_DIRECT, "referral")
    assert request.campaign_id == "c-1"
    assert request.captured_by == known.reps["L001"]
    assert request.person.phone == "+86 138-0013-8000"  # normalising is intake's
    attributes = request.attributes
    assert (attributes.company_size, attributes.seniority, attributes.country) == (100, "executive", "CN")
    assert (attributes.intent.budget, attributes.intent.urgency) == (300_000, lead_pb2.URGENCY_HIGH)
    assert list(attributes.tags) == ["比价中", "vip", "云端版"]  # a product's name that is no code is a tag


def test_what_is_not_understood_is_left_out_and_said() -> None:
    prepared = prepare(3, {Field.NAME: "李雷", Field.BUDGET: "面议", Field.COUNTRY: "火星"}, KnownIds())

    assert prepared.left_out == ("budget '面议'", "country '火星'")
    assert not violations(prepared.request)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("", 0),
        ("500人", 500),
        ("100-499人", 100),
        ("10-20万", 100_000),
        ("1.5万", 15_000),
        ("¥50,000", 50_000),
        ("50k", 50_000),
        ("３０万", 300_000),
        ("面议", None),
    ],
)
def test_an_amount_is_read_as_people_write_it(text: str, number: int | None) -> None:
    assert whole_number(text) == number


@pytest.mark.parametrize(
    ("source", "channel"),
    [
        ("", "not_said"),
        ("展会", "trade_show"),
        ("Trade Show", "trade_show"),
        ("Partner Portal 2", "partner_portal_2"),
        ("老王介绍", "other"),
        ("*", "other"),
    ],
)
def test_a_source_becomes_a_channel(source: str, channel: str) -> None:
    assert codes.channel_of(source) == channel


@pytest.mark.parametrize(
    ("title", "seniority"), [("总经理", "executive"), ("采购经理", "manager"), ("CTO", "executive"), ("", "")]
)
def test_a_title_says_how_senior_somebody_is(title: str, seniority: str) -> None:
    assert codes.seniority_of(title) == seniority


def test_tags_are_divided_by_whatever_people_divide_with() -> None:
    assert tags_of("A, b；c、a/ D|") == ["a", "b", "c", "d"]
