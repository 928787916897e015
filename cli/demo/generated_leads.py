"""The demo's own leads: a few hundred submissions as a company really gets them, the same for the same seed.

Most are new people. The rest is what makes intake hard: the same number typed in another way, the same mailbox
in capitals, a digit missing, nobody to reach, role mailboxes, colleagues, tests.
"""

import csv
import io
from collections.abc import Callable, Mapping
from random import Random

from cli.demo import invented

ROWS = 300
HEADER = (
    *("姓名", "手机", "邮箱", "企业微信ID", "公司", "统一社会信用代码", "职位", "行业", "规模", "省份", "城市", "国家"),
    *("来源", "活动", "产品", "预算", "紧急程度", "标签", "录入人", "备注"),
)
# Nothing can repeat before there is something to repeat.
NEW_PEOPLE_FIRST = 12

Row = Mapping[str, str]


def leads_csv(seed: int, *, rows: int = ROWS, rep_codes: tuple[str, ...] = ()) -> str:
    """The leads as CSV text with a header in Chinese."""
    made = Generator(seed, rep_codes).rows(rows)
    text = io.StringIO()
    writer = csv.DictWriter(text, HEADER, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(made)
    return text.getvalue()


class Generator:
    """Draws one row after the other, knowing the people it has drawn before."""

    def __init__(self, seed: int, rep_codes: tuple[str, ...]) -> None:
        self._rng = Random(seed)
        self._rep_codes = rep_codes
        self._people: list[Row] = []
        self._numbers = iter(self._rng.sample(range(10_000), 10_000))
        self._companies = 0

    def rows(self, count: int) -> list[Row]:
        kinds = [kind for kind, share in self._shares().items() for _ in range(round(share * count / ROWS))]
        kinds += [self._new_person] * (count - len(kinds))
        self._rng.shuffle(kinds)
        return [kind() if n >= NEW_PEOPLE_FIRST else self._new_person() for n, kind in enumerate(kinds[:count])]

    def _shares(self) -> Mapping[Callable[[], Row], int]:
        """How many of 300 rows are not simply new people."""
        return {
            self._foreigner: 34,
            self._number_in_another_spelling: 30,
            self._mailbox_in_another_case: 10,
            self._another_name_under_a_number: 7,
            self._colleague: 6,
            self._shared_mailbox: 8,
            self._fixed_line: 9,
            self._known_in_wecom_only: 6,
            self._bad_phone: 9,
            self._nobody_to_reach: 8,
            self._test_entry: 5,
        }

    def _new_person(self) -> Row:
        row = {
            "姓名": invented.chinese_name(self._rng),
            "手机": invented.mobile_number(next(self._numbers)),
            **self._company(),
            **self._interest(),
        }
        if self._rng.random() < 0.4:
            row["邮箱"] = self._mailbox()
        if self._rep_codes and self._rng.random() < 0.04:
            row["录入人"] = self._rng.choice(self._rep_codes)
        return self._remembered(row)

    def _foreigner(self) -> Row:
        country = self._rng.choice(list(invented.FOREIGN_NAMES))
        row = {
            "姓名": self._rng.choice(invented.FOREIGN_NAMES[country]),
            "邮箱": self._mailbox(),
            "公司": f"{self._rng.choice(invented.FOREIGN_COMPANIES)} {self._company_number()}",
            "职位": self._rng.choice(invented.FOREIGN_TITLES),
            "规模": self._rng.choice(invented.SIZES),
            "国家": invented.COUNTRY_NAMES[country],
            **self._interest(),
        }
        if country in invented.FICTION_AREAS:
            row["手机"] = invented.fiction_number(self._rng, country, next(self._numbers) % 100)
        return self._remembered(row)

    def _number_in_another_spelling(self) -> Row:
        known = self._known_by("手机", lambda phone: phone.startswith("1"))
        return {**known, **self._interest(), "手机": spelled_otherwise(self._rng, known["手机"]), "备注": "再次咨询"}

    def _mailbox_in_another_case(self) -> Row:
        known = self._known_by("邮箱", bool)
        return {**known, **self._interest(), "手机": "", "邮箱": known["邮箱"].upper(), "备注": "再次下载"}

    def _another_name_under_a_number(self) -> Row:
        known = self._known_by("手机", lambda phone: phone.startswith("1"))
        return {**self._new_person(), "手机": known["手机"], "邮箱": "", "备注": "号码可能换主"}

    def _colleague(self) -> Row:
        known = self._known_by("公司", bool)
        return {**self._new_person(), "公司": known["公司"], "备注": "同一公司的另一位"}

    def _shared_mailbox(self) -> Row:
        name, company = invented.chinese_name(self._rng), self._rng.randrange(3)
        role = self._rng.choice(invented.ROLE_MAILBOXES[:2])
        return {"姓名": name, "邮箱": f"{role}@company{company}.example.com", **self._interest()}

    def _fixed_line(self) -> Row:
        line = f"021-5{self._rng.randrange(3):03d}0000转{self._rng.randrange(800, 830)}"
        return {"姓名": invented.chinese_name(self._rng), "手机": line, **self._company(), **self._interest()}

    def _known_in_wecom_only(self) -> Row:
        wecom_id = f"wm{self._rng.getrandbits(120):030x}"
        return {
            "姓名": invented.chinese_name(self._rng),
            "企业微信ID": wecom_id,
            **self._interest(),
            "来源": "企业微信",
        }

    def _bad_phone(self) -> Row:
        number = invented.mobile_number(next(self._numbers))
        bad = self._rng.choice((number[:-2], number + "77", "12345", number[:3] + "-未知", "暂无"))
        return {"姓名": invented.chinese_name(self._rng), "手机": bad, **self._company(), **self._interest()}

    def _nobody_to_reach(self) -> Row:
        return {"姓名": invented.chinese_name(self._rng), **self._company(), **self._interest(), "备注": "未留联系方式"}

    def _test_entry(self) -> Row:
        number = invented.mobile_number(next(self._numbers))
        return {"姓名": "测试", "手机": number, "公司": "测试公司", **self._interest(), "备注": "请忽略"}

    def _company(self) -> Row:
        province, city = self._rng.choice(invented.CITIES)
        industry, trade = self._rng.choice(invented.TRADES)
        number = self._company_number()
        word = self._rng.choice(invented.COMPANY_WORDS)
        row = {
            "公司": f"{city}{word}{invented.in_characters(number)}{trade}有限公司",
            "职位": self._rng.choice(invented.TITLES),
            "行业": industry,
            "规模": self._rng.choice(invented.SIZES),
            "省份": province,
            "城市": city,
            "国家": self._rng.choice(("中国", "")),
        }
        if self._rng.random() < 0.1:
            row["统一社会信用代码"] = invented.credit_code(number)
        return row

    def _interest(self) -> Row:
        """Where it came from and what it is about; some of it is usually missing."""
        sources, shares = zip(*invented.SOURCES, strict=True)
        [source] = self._rng.choices(sources, shares)
        campaigns = invented.CAMPAIGNS.get(source, ("",))
        return {
            "来源": source,
            "活动": self._rng.choice(campaigns),
            "产品": self._rng.choice(invented.PRODUCTS),
            "预算": self._rng.choice(invented.BUDGETS),
            "紧急程度": self._rng.choice(invented.URGENCIES),
            "标签": self._rng.choice(invented.TAGS),
        }

    def _mailbox(self) -> str:
        return f"buyer{next(self._numbers)}@company{self._companies}.example.com"

    def _company_number(self) -> int:
        self._companies += 1
        return self._companies

    def _remembered(self, row: Row) -> Row:
        self._people.append(row)
        return row

    def _known_by(self, column: str, wanted: Callable[[str], bool]) -> Row:
        return self._rng.choice([row for row in self._people if wanted(row.get(column, ""))])


def spelled_otherwise(rng: Random, mobile: str) -> str:
    """The same mobile number as another person or another form writes it."""
    full_width = mobile.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    grouped = f"{mobile[:3]}-{mobile[3:7]}-{mobile[7:]}"
    return rng.choice(
        (full_width, grouped, f"+86 {mobile}", f"+86-{grouped}", f"0086{mobile}", f"86 {grouped.replace('-', ' ')}")
    )
