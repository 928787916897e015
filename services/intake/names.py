"""Names of people: when two differ so clearly that one key does not make them the same person."""

import re
import unicodedata

from rapidfuzz import fuzz

from services.intake.simplified import simplified

_TITLE = (
    r"先生|女士|小姐|太太|同学|老师|教授|博士|医生|律师|工程师|经理|总经理|总监|总裁|主任|主管|院长|校长|厂长|部长|科长|处长|"
    r"书记|秘书|助理|董事长|老板|总"
)
# 总 alone is no name; 董 alone is a family name, and a title only after one.
_TITLES = re.compile(rf"^({_TITLE})+$|(?<=\w)\s*({_TITLE}|董|工)+$")
_LATIN_TITLES = re.compile(r"\b(mr|mrs|ms|miss|dr|prof)\b\.?", re.IGNORECASE)
# In percent. Latin names in another order or with a typing mistake are well above.
ALIKE = 60


def plain_name(name: str) -> str:
    """Simplified, without titles, width, case and punctuation."""
    plain = simplified(unicodedata.normalize("NFKC", name)).casefold().strip()
    plain = _LATIN_TITLES.sub(" ", plain)
    plain = " ".join(re.sub(r"[\W\d_]+", " ", plain).split())
    return _TITLES.sub("", plain)


def differ_clearly(one: str, other: str) -> bool:
    """A blank never differs, nor does a part (李, 李总, Lovelace) from the full name that has it."""
    left, right = plain_name(one), plain_name(other)
    if left.startswith(right) or right.startswith(left):
        return False
    words, other_words = set(left.split()), set(right.split())
    if words <= other_words or other_words <= words:
        return False
    # A space in the wrong place is no other name.
    joined = fuzz.ratio(left.replace(" ", ""), right.replace(" ", ""))
    return max(joined, fuzz.token_sort_ratio(left, right)) < ALIKE


def same_name(one: str, other: str) -> bool:
    """Both are given and are one, whatever the titles."""
    return plain_name(one) == plain_name(other) != ""
