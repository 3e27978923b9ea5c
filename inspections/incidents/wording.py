"""Free text that names nobody: identity and mobile numbers are refused with an explanation (T30)."""

from __future__ import annotations

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from logistics_portal.kit.forms import LongText

NO_NAMES = _("只写人数和经过，不写学生姓名、身份证号、手机号。")
_IDENTITY = re.compile(r"(?<!\d)(\d{17}[\dXx])(?![\dXx])", re.ASCII)
_MOBILE = re.compile(r"(?<!\d)1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)", re.ASCII)
_OWN_NUMBER = re.compile(
    r"(?P<word>[^\W\d_]*)\s*[〔\[［](?:19|20)[0-9]{2}[〕\]］]\s*(?P<series>[^\W\d_]*)\s*[0-9]+\s*号"
)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_SIGNS = "10X98765432"


def is_identity_number(text: str) -> bool:
    """Tell whether 18 characters are a Chinese identity number: the last one is the check sign of the others."""
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, text[:-1], strict=True))
    return _SIGNS[total % 11] == text[-1].upper()


def names_somebody(text: str) -> bool:
    """Tell whether a text holds an identity number or a mobile number."""
    found = any(is_identity_number(match[1]) for match in _IDENTITY.finditer(text))
    return found or _MOBILE.search(text) is not None


def refuse_numbers(text: str) -> None:
    """Refuse a text that holds somebody's identity or mobile number."""
    if names_somebody(text):
        raise ValidationError(
            _("文字里有身份证号或手机号。系统不保存个人身份信息，请删去号码，只写人数和经过。"), code="identity"
        )


def require_own_number(text: str) -> None:
    """Refuse what is no number of a bureau's document: word, year in brackets, running number."""
    found = _OWN_NUMBER.fullmatch(text.strip())
    if found is None or not (found["word"] or found["series"].replace("第", "")):
        raise ValidationError(
            _("文号须有发文代字、括号里的年份和“号”，如“南教后勤〔2026〕12号”。请照决定文书填写。"), code="document"
        )


class PlainWords(LongText):
    """Some sentences without anybody's identity or mobile number; says so beside the field."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("help_text", NO_NAMES)
        options.setdefault("max_length", 1000)
        super().__init__(**options)
        self.validators = [*self.validators, refuse_numbers]
