"""Every sentence that judging can say, under a key: the server and the phone say it with the same words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from django.utils.translation import gettext, gettext_noop

SENTENCES: Mapping[str, str] = {
    "not_answers": gettext_noop("提交的内容不是一组答案"),
    "no_such_item": gettext_noop("本表没有“%(code)s”这一项"),
    "wrong_shape": gettext_noop("答案的写法不对"),
    "open": gettext_noop("还没有填写"),
    "na_refused": gettext_noop("这一项不能答“不适用”"),
    "na_reason": gettext_noop("答“不适用”须写明原因"),
    "changed": gettext_noop("与系统已有的数据不同，请写明原因"),
    "rule": gettext_noop("“%(rule)s”不成立，请写明原因"),
    "photo": gettext_noop("异常须至少拍一张照片"),
    "photos": gettext_noop("照片数量不对"),
    "stop": gettext_noop("请回答是否已停用，已停用的写明从何时起"),
    "since": gettext_noop("请写明从哪天几点起停用"),
    "pass_or_fail": gettext_noop("应答“正常”或“异常”"),
    "choice": gettext_noop("请从选项中选一个"),
    "one_by_one": gettext_noop("应逐个填写"),
    "not_listed": gettext_noop("填写的对象不在清单内，请刷新后再填"),
    "entry_open": gettext_noop("“%(entry)s”还没有填写"),
    "entry_na": gettext_noop("“%(entry)s”不能答“不适用”"),
    "entry": gettext_noop("“%(entry)s”%(reason)s"),
    "both": gettext_noop("%(one)s；%(other)s"),
    "text": gettext_noop("应填写文字"),
    "too_long": gettext_noop("最多%(count)s个字"),
    "characters": gettext_noop("含有不能保存的字符"),
    "number": gettext_noop("应填写数字"),
    "places": gettext_noop("最多保留%(places)s位小数"),
    "outside": gettext_noop("应在%(lowest)s到%(highest)s%(unit)s之间，请看是否填错"),
    "unknown": gettext_noop("%(subject)s 未知，%(code)s 未核对"),
    "not_applicable": gettext_noop("%(subject)s 不适用，%(code)s 未核对"),
    "not_asked": gettext_noop("%(subject)s 本次不检查，%(code)s 未核对"),
    "parameter": gettext_noop("参数 %(subject)s 当日没有值，%(code)s 未核对"),
    "ignored": gettext_noop("%(code)s 本次不检查，填写的内容未采用"),
}


class Saying(NamedTuple):
    """A sentence by its key, with the words that go into it; a word may be a sentence itself."""

    key: str
    words: Mapping[str, int | str | Saying]

    def __str__(self) -> str:
        return gettext(SENTENCES[self.key]) % self.words


def sentences() -> dict[str, str]:
    """Return every sentence in the reader's language, with holes like `%(unit)s` for its words."""
    return {key: gettext(sentence) for key, sentence in SENTENCES.items()}
