"""Companies: by name without its legal form (weak), by unified social credit code (strong)."""

import re
import unicodedata

from services.shared.refusals import InvalidInput

FIELD = "person.credit_code"
_CHINESE_FORMS = re.compile(r"(股份有限公司|有限责任公司|有限公司|分公司|总公司|集团公司|公司|集团)")
# At the end only: `Group M` and `SA Power` are names.
_LATIN_FORMS = re.compile(
    r"(?<=\w)(\W+(co|corp|corporation|company|inc|incorporated|ltd|limited|llc|llp|plc|gmbh|mbh|ag|se|kg|ohg|ug|s ?a|"
    r"sas|sarl|s ?r ?l|s ?p ?a|b ?v|n ?v|ab|oy|as|k ?k|pte|pty|group|holdings?))+\W*$"
)
# GB 32100-2015: 17 characters weighted by powers of 3 mod 31, and a check character. I, O, S, V, Z are not used.
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CODE_LENGTH = 18


class UnusableCreditCode(InvalidInput):
    def __init__(self) -> None:
        super().__init__(
            FIELD, "This is no unified social credit code: 18 characters, the last of which checks the others."
        )


def company_key(name: str) -> str:
    """The name by which companies are compared: `上海云帆（集团）有限公司` → `上海云帆`; may be empty."""
    key = name
    # A form may come to light only when another is gone: `集.团`.
    while (shorter := _without_forms(key)) != key:
        key = shorter
    return key


def _without_forms(name: str) -> str:
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    plain = _LATIN_FORMS.sub("", plain.replace(".", " "))
    return re.sub(r"[\W_]+", "", _CHINESE_FORMS.sub(" ", plain))


def read_credit_code(text: str) -> str:
    """Empty when nothing was typed. Raises UnusableCreditCode."""
    code = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text)).upper()
    if code and (len(code) != _CODE_LENGTH or any(c not in _ALPHABET for c in code) or code[-1] != check_digit(code)):
        raise UnusableCreditCode
    return code


def check_digit(code: str) -> str:
    """The 18th character of a code, from its first 17."""
    total = sum(_ALPHABET.index(c) * pow(3, place, 31) for place, c in enumerate(code[:17]))
    return _ALPHABET[-total % 31]
