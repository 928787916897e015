"""Which column of a file is what: guessed from its header, in Chinese or English, and shown before it is used."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Field(StrEnum):
    """What a column can be, by the name that the mapping shows."""

    NAME = "name"
    GIVEN_NAME = "given name"
    FAMILY_NAME = "family name"
    PHONE = "phone"
    EMAIL = "email"
    WECOM = "WeCom id"
    COMPANY = "company"
    CREDIT_CODE = "credit code"
    TITLE = "title"
    SENIORITY = "seniority"
    INDUSTRY = "industry"
    SIZE = "company size"
    REGION = "region"
    CITY = "city"
    COUNTRY = "country"
    SOURCE = "source"
    CAMPAIGN = "campaign"
    PRODUCT = "product"
    BUDGET = "budget"
    URGENCY = "urgency"
    TAGS = "tags"
    CAPTURED_BY = "captured by"


# By one of these a person is known; without any of them a file is no list of leads.
PERSON = {Field.NAME, Field.GIVEN_NAME, Field.FAMILY_NAME, Field.PHONE, Field.EMAIL, Field.WECOM}

SYNONYMS: Mapping[Field, tuple[str, ...]] = {
    Field.NAME: (
        "姓名",
        "名字",
        "联系人",
        "客户姓名",
        "name",
        "full name",
        "contact",
        "contact name",
        "contact person",
    ),
    Field.GIVEN_NAME: ("名", "first name", "given name", "forename"),
    Field.FAMILY_NAME: ("姓", "姓氏", "last name", "family name", "surname"),
    Field.PHONE: (
        *("手机", "手机号", "手机号码", "电话", "电话号码", "联系电话", "联系方式", "移动电话", "座机", "固话"),
        *("phone", "phone number", "mobile", "mobile phone", "mobile number", "cell", "cell phone", "telephone", "tel"),
    ),
    Field.EMAIL: (
        "邮箱",
        "电子邮箱",
        "邮件",
        "电子邮件",
        "邮箱地址",
        "email",
        "email address",
        "e mail",
        "e mail address",
        "mail",
    ),
    Field.WECOM: ("企业微信", "企微", "企业微信id", "外部联系人id", "wecom", "wecom id", "external userid"),
    Field.COMPANY: (
        *("公司", "公司名", "公司名称", "企业", "企业名称", "单位", "单位名称", "客户", "客户名称", "名称"),
        *("company", "company name", "organization", "organisation", "account", "account name", "employer"),
    ),
    Field.CREDIT_CODE: ("统一社会信用代码", "社会信用代码", "信用代码", "税号", "credit code", "uscc", "tax id"),
    Field.TITLE: ("职位", "职务", "岗位", "头衔", "title", "job title", "position", "role"),
    Field.SENIORITY: ("职级", "级别", "seniority", "level"),
    Field.INDUSTRY: ("行业", "所属行业", "industry", "sector"),
    Field.SIZE: (
        *("规模", "公司规模", "企业规模", "人数", "员工数", "员工人数"),
        *("company size", "size", "employees", "number of employees", "headcount"),
    ),
    Field.REGION: ("省份", "省", "地区", "区域", "所在地", "region", "province", "state"),
    Field.CITY: ("城市", "市", "city", "town"),
    Field.COUNTRY: ("国家", "国家地区", "country", "country region"),
    Field.SOURCE: ("来源", "线索来源", "渠道", "来源渠道", "source", "lead source", "channel", "origin"),
    Field.CAMPAIGN: ("活动", "市场活动", "活动名称", "campaign", "campaign name", "event"),
    Field.PRODUCT: ("产品", "意向产品", "产品名称", "product", "product interest", "interest"),
    Field.BUDGET: ("预算", "预算金额", "金额", "budget", "amount"),
    Field.URGENCY: ("紧急程度", "紧急度", "优先级", "urgency", "priority"),
    Field.TAGS: ("标签", "tags", "tag", "labels"),
    Field.CAPTURED_BY: ("录入人", "采集人", "captured by", "entered by"),
}
# A Chinese compound ends with what it is: 客户手机号码 is a 手机号码. One character alone ends too many words.
ENDINGS = {
    synonym: field
    for field, synonyms in SYNONYMS.items()
    for synonym in synonyms
    if len(synonym) > 1 and not synonym.isascii() and synonym != "名称"
}
EXACT = {synonym: field for field, synonyms in SYNONYMS.items() for synonym in synonyms}


@dataclass(frozen=True)
class Column:
    """A column of the file, and what it is taken for; None: ignored."""

    index: int
    header: str
    field: Field | None


def guess_columns(header: Sequence[str]) -> tuple[Column, ...]:
    return tuple(Column(index, text, field_of(text)) for index, text in enumerate(header))


def field_of(header: str) -> Field | None:
    """What a header says, whatever its case, width, underscores, and remarks such as （必填）."""
    text = re.sub(r"\(.*?\)|[*:_\-/\s]+", " ", unicodedata.normalize("NFKC", header).casefold()).strip(" 0123456789")
    if text in EXACT:
        return EXACT[text]
    together = text.replace(" ", "")
    longest = max((ending for ending in ENDINGS if together.endswith(ending)), key=len, default=None)
    return EXACT.get(together) or (ENDINGS[longest] if longest else None)


def recognised(header: Sequence[str]) -> int:
    """How many columns are understood; 0 where none of them is about a person."""
    fields = {column.field for column in guess_columns(header)} - {None}
    return len(fields) if fields & PERSON else 0


def values_of(columns: Sequence[Column], cells: Sequence[str]) -> dict[Field, str]:
    """A record by field. Of two columns for one field the first that is not empty counts."""
    values: dict[Field, str] = {}
    for column in columns:
        if column.field is not None and (value := unescaped(cells[column.index])):
            values.setdefault(column.field, value)
    given, family = values.pop(Field.GIVEN_NAME, ""), values.pop(Field.FAMILY_NAME, "")
    if given or family:
        chinese = not (given + family).isascii() and any("\u4e00" <= letter <= "\u9fff" for letter in given + family)
        values.setdefault(Field.NAME, family + given if chinese else f"{given} {family}".strip())
    return values


def unescaped(cell: str) -> str:
    """Without what spreadsheets put around a number to keep its zeros: ="138…" and a leading apostrophe."""
    text = cell.strip()
    if (formula := re.fullmatch(r'="(.*)"', text, re.DOTALL)) is not None:
        text = formula[1]
    return text.removeprefix("'").strip()
