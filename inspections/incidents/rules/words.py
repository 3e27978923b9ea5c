"""The words of an incident: grades, responsibility, reporting, triggers and states."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Grade(TextChoices):
    """How grave an incident is, from lightest to gravest (K40, K41)."""

    BELOW = "below", _("轻微")
    GENERAL = "general", pgettext_lazy("grade of an incident", "一般")
    LARGER = "larger", _("较大")
    MAJOR = "major", _("重大")
    EXTRA = "extra", _("特别重大")


class Responsibility(TextChoices):
    """How far the school is answerable, from least to most; pending comes first and is no degree."""

    PENDING = "pending", _("待认定")
    NONE = "none", _("无责")
    MINOR = "minor", _("次要责任")
    EQUAL = "equal", _("同等责任")
    MAJOR = "major", _("主要责任")
    FULL = "full", _("全部责任")


class Reporting(TextChoices):
    """How an incident came to be reported."""

    ON_TIME = "on_time", _("按时报告")
    LATE = "late", _("迟报")
    CONCEALED = "concealed", _("瞒报")
    FALSE = "false", _("谎报")


class Trigger(TextChoices):
    """Why a year is vetoed, in the order in which the reasons are named; hold only withholds."""

    T1 = "T1", _("一般及以上事故且负同等及以上责任")
    T2 = "T2", _("较大及以上事故且有责任")
    T3 = "T3", _("师生死亡且有责任")
    T4 = "T4", _("食源性事件达到例数且负同等及以上责任")
    T5 = "T5", _("瞒报、谎报")
    T6 = "T6", _("一年内多次迟报")
    HOLD = "hold", _("责任待认定")


class YearVeto(TextChoices):
    """What the vetoes of a year mean for that year's result."""

    NONE = "none", _("无否决")
    PROVISIONAL = "provisional", _("调查中")
    ACTIVE = "active", _("一票否决")


class IncidentState(TextChoices):
    """Where an incident stands."""

    REPORTED = "reported", _("已初报")
    HANDLING = "handling", _("处置中")
    ENDED = "ended", _("应急结束")
    FINAL = "final", _("已终报")
    CLOSED = "closed", _("已结案")
    STRUCK = "struck", _("不属事故")


class DecisionState(TextChoices):
    """Where a grade decision or a responsibility finding stands."""

    PROPOSED = "proposed", _("拟定")
    DECIDED = "decided", _("已定")
    SUPERSEDED = "superseded", _("已被替代")
    REFUSED = "refused", _("退回")


class VetoState(TextChoices):
    """Where a veto stands; provisional is derived and has no row."""

    PROVISIONAL = "provisional", _("暂缓")
    PROPOSED = "proposed", _("拟否决")
    ACTIVE = "active", _("已否决")
    DISMISSED = "dismissed", _("不予否决")
    LIFTED = "lifted", _("已解除")
    EXPIRED = "expired", _("已期满")


class AppealState(TextChoices):
    """Where an appeal against a veto, a final result or a revoked award stands."""

    FILED = "filed", _("已提出")
    ACCEPTED = "accepted", _("已受理")
    INADMISSIBLE = "inadmissible", _("不予受理")
    UPHELD = "upheld", _("维持")
    CHANGED = "changed", _("变更")
    LIFTED = "lifted", _("撤销")
    WITHDRAWN = "withdrawn", _("已撤回")


class Decider(TextChoices):
    """Who decides, counted from the school: its first reviewer, the unit above it, the province, or a panel."""

    FIRST_REVIEWER = "first_reviewer", _("初审单位")
    NEXT_LEVEL = "next_level", _("上一级单位")
    PROVINCE = "province", _("省级")
    PANEL = "panel", _("省级督导机构复核组")


_GRAVITY = {grade: place for place, grade in enumerate(Grade)}
_BLAME = {degree: place for place, degree in enumerate(Responsibility)}


def gravity(grade: Grade) -> int:
    """Return the place of `grade` among the grades, the lightest first."""
    return _GRAVITY[Grade(grade)]


def at_least(grade: Grade, floor: Grade) -> bool:
    """Tell whether `grade` is as grave as `floor` or graver."""
    return _GRAVITY[grade] >= _GRAVITY[floor]


def higher(first: Grade, second: Grade) -> Grade:
    """Return the graver of two grades (evaluation §3.1: the effective grade)."""
    return first if at_least(first, second) else second


def blames(degree: Responsibility, floor: Responsibility) -> bool:
    """Tell whether a finding is in and reaches `floor`; a pending one never does."""
    return degree != Responsibility.PENDING and _BLAME[degree] >= _BLAME[floor]
