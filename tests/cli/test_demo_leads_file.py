"""Somebody's own file: its encoding, delimiter and columns are guessed, and a bad line costs itself only."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from cli.calling import Unusable
from cli.demo.columns import Field, field_of, unescaped
from cli.demo.leads_file import LeadsFile, leads_from, mapping_view, prepared, read_leads
from cli.demo.submissions import KnownIds

CHINESE = "姓名,手机,公司,来源\n李雷,13800138000,上海华兴科技有限公司,展会\n韩梅梅,13900139000,北京东方,官网\n"
ENGLISH = "name,phone,company\n李雷,13800138000,上海华兴科技有限公司\n韩梅梅,13900139000,北京东方\n"


def names(file: LeadsFile) -> list[str]:
    return [row.values[Field.NAME] for row in file.rows]


@pytest.mark.parametrize("text", [CHINESE, ENGLISH], ids=["Chinese header", "English header"])
@pytest.mark.parametrize(
    ("encoding", "shown"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8 with BOM"),
        ("gb18030", "GB18030"),
        ("gbk", "GB18030"),
        ("utf-16", "UTF-16"),
    ],
)
def test_a_file_is_read_in_the_encoding_that_it_is_in(text: str, encoding: str, shown: str) -> None:
    file = leads_from(text.encode(encoding), "leads.csv")

    assert file.encoding == shown
    assert names(file) == ["李雷", "韩梅梅"]


def test_one_short_row_in_gb18030_is_not_taken_for_another_encoding() -> None:
    file = leads_from("name,phone\n李雷,13800138000\n".encode("gb18030"), "leads.csv")

    assert file.encoding == "GB18030"
    assert names(file) == ["李雷"]


def test_a_western_file_keeps_its_umlauts() -> None:
    file = leads_from("Name;Telefon;Tel\nJürgen Müller;x;0301234567\n".encode("cp1252"), "leads.csv")

    assert names(file) == ["Jürgen Müller"]


@pytest.mark.parametrize(("delimiter", "shown"), [(",", "comma"), (";", "semicolon"), ("\t", "tab")])
def test_the_delimiter_is_the_one_by_which_the_header_makes_sense(delimiter: str, shown: str) -> None:
    text = "\n".join([delimiter.join(("姓名", "手机", "公司")), delimiter.join(("李雷", "138", '"甲, 乙; 丙"'))])

    file = leads_from(text.encode(), "leads.csv")

    assert file.delimiter == shown
    assert file.rows[0].values[Field.COMPANY] == "甲, 乙; 丙"


def test_lines_are_counted_as_an_editor_counts_them_over_quoted_line_ends_and_blank_lines() -> None:
    text = '姓名,手机,备注\r\n李雷,1,"第一行\r\n第二行"\r\n\r\n,,\r\n韩梅梅,2,"a\r\nb\r\nc"\r\n林涛,3,\r\n'

    file = leads_from(text.encode(), "leads.csv")

    assert [(row.line, row.values[Field.NAME]) for row in file.rows] == [(2, "李雷"), (6, "韩梅梅"), (9, "林涛")]


def test_bad_lines_are_named_with_their_reason_and_the_others_are_taken() -> None:
    text = (
        "姓名,手机,公司\n李雷,13800138000,甲\n韩梅梅,139,乙,丙,丁\n"
        '林涛,1.38E+10,戊\n王芳,"13700137000,己\n赵敏,136,庚\n'
    )

    submissions, bad = prepared(leads_from(text.encode(), "leads.csv"), KnownIds())

    assert [one.request.person.name for one in submissions] == ["李雷", "赵敏"]
    reasons = {line.line: line.reason for line in bad}
    assert list(reasons) == [3, 4, 5]
    assert "5 cells under a header of 3" in reasons[3]
    assert "rounded by a spreadsheet" in reasons[4]
    assert "never closed" in reasons[5]


def test_a_row_that_ends_early_has_empty_cells_at_its_end() -> None:
    file = leads_from("姓名,手机,公司\n李雷,138\n".encode(), "leads.csv")

    assert file.rows[0].values == {Field.NAME: "李雷", Field.PHONE: "138"}


def test_a_title_above_the_header_is_passed_over() -> None:
    file = leads_from("2026 春季展会线索,,\n\n姓名,手机,公司\n李雷,138,甲\n".encode(), "leads.csv")

    assert [(row.line, row.values[Field.NAME]) for row in file.rows] == [(4, "李雷")]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (b"PK\x03\x04rest", "Excel workbook (.xlsx)"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "not a text file"),
        (b'{"name": "x"}', "no column"),
        ("产品,价格\n甲,1\n".encode(), "no column that names a person"),
    ],
    ids=["empty", "blank", "workbook", "image", "JSON", "no person"],
)
def test_a_file_that_is_no_list_of_leads_is_refused_in_one_clear_message(content: bytes, said: str) -> None:
    with pytest.raises(Unusable) as refused:
        leads_from(content, "leads.csv")

    assert said in str(refused.value)
    assert "leads.csv" in str(refused.value)


def test_a_file_that_is_not_there_is_refused_in_one_clear_message(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="cannot be read: No such file"):
        read_leads(tmp_path / "none.csv")


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("姓名", Field.NAME),
        ("客户手机号码", Field.PHONE),
        ("手机（必填）", Field.PHONE),
        ("Ｐｈｏｎｅ　Number", Field.PHONE),
        ("mobile_phone", Field.PHONE),
        ("电话1", Field.PHONE),
        ("公司电话", Field.PHONE),
        ("公司规模", Field.SIZE),
        ("公司", Field.COMPANY),
        ("E-mail Address", Field.EMAIL),
        ("线索来源", Field.SOURCE),
        ("Lead Source*", Field.SOURCE),
        ("联系人姓名", Field.NAME),
        ("所属行业", Field.INDUSTRY),
        ("备注", None),
        ("姓名拼音", None),
        ("", None),
    ],
)
def test_a_header_says_what_its_column_is(header: str, field: Field | None) -> None:
    assert field_of(header) is field


@pytest.mark.parametrize(
    ("cell", "text"),
    [('="13800138000"', "13800138000"), ("'010-12345678", "010-12345678"), (" 李雷 ", "李雷"), ('"', '"')],
)
def test_what_a_spreadsheet_puts_around_a_number_is_taken_off(cell: str, text: str) -> None:
    assert unescaped(cell) == text


def test_a_formula_that_keeps_zeros_is_read_out_of_the_file_quoted_or_not() -> None:
    file = leads_from('姓名,手机\n李雷,"=""01012345678"""\n韩梅梅,="01087654321"\n'.encode(), "leads.csv")

    assert [row.values[Field.PHONE] for row in file.rows] == ["01012345678", "01087654321"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("First Name,Last Name,Phone\nAda,Lovelace,1\n", "Ada Lovelace"),
        ("姓,名,手机\n李,雷,1\n", "李雷"),
        ("Last Name,Phone\nLovelace,1\n", "Lovelace"),
    ],
)
def test_a_name_in_two_columns_is_put_together_as_its_language_does(text: str, name: str) -> None:
    assert names(leads_from(text.encode(), "leads.csv")) == [name]


def test_of_two_columns_for_one_thing_the_first_that_says_something_counts() -> None:
    file = leads_from("姓名,手机,座机\n李雷,,01012345678\n韩梅梅,138,010\n".encode(), "leads.csv")

    assert [row.values[Field.PHONE] for row in file.rows] == ["01012345678", "138"]


def test_a_column_may_be_called_anything_and_the_mapping_is_still_shown() -> None:
    console = Console(markup=False, file=io.StringIO(), record=True)

    console.print(mapping_view(leads_from("[/b]姓名,手机,[red]\n李雷,138,x\n".encode(), "[x].csv")))

    shown = console.export_text()
    assert "[/b]姓名" in shown
    assert "[red]" in shown
    assert "李雷" not in shown
