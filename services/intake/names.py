"""Names of people: when two differ so clearly that one key does not make them the same person."""

import re
import unicodedata

from rapidfuzz import fuzz

_TITLES = re.compile(r"(先生|女士|小姐|太太|老师|经理|总监|主任|总)$")
_LATIN_TITLES = re.compile(r"\b(mr|mrs|ms|miss|dr|prof)\b\.?", re.IGNORECASE)
# In percent. Latin names in another order or with a typing mistake are well above.
ALIKE = 60


def plain_name(name: str) -> str:
    """Without titles, width, case and punctuation."""
    plain = unicodedata.normalize("NFKC", name).casefold().strip()
    plain = _LATIN_TITLES.sub(" ", _TITLES.sub("", plain))
    return " ".join(re.sub(r"[\W\d_]+", " ", plain).split())


def differ_clearly(one: str, other: str) -> bool:
    """A blank never differs, nor does a family name alone (李, 李总) from the full name that begins with it."""
    left, right = plain_name(one), plain_name(other)
    if not left or not right or left.startswith(right) or right.startswith(left):
        return False
    return fuzz.token_sort_ratio(left, right) < ALIKE
