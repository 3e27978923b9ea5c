"""The words of the evaluation: parts, grades, caps, and the label and formula behind every point."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop


class Part(TextChoices):
    """The four parts of a school's score."""

    CANTEEN = "canteen", _("食堂")
    DORMITORY = "dormitory", _("宿舍")
    CAMPUS = "campus", _("校园")
    MANAGEMENT = "management", _("管理")


PLACES = (Part.CANTEEN, Part.DORMITORY, Part.CAMPUS)


class Grade(TextChoices):
    """The result of a school or a bureau."""

    EXCELLENT = "excellent", _("优秀")
    GOOD = "good", _("良好")
    PASS = "pass", _("合格")
    FAIL = "fail", _("不合格")
    WITHHELD = "withheld", _("暂缓")
    NOT_GRADED = "not_graded", _("不定等次")


GRADED = frozenset({Grade.EXCELLENT, Grade.GOOD, Grade.PASS, Grade.FAIL})


class PersonGrade(TextChoices):
    """The result of a person, in the words of public institutions (K64)."""

    EXCELLENT = "excellent", _("优秀")
    PASS = "pass", _("合格")
    BASIC = "basic", _("基本合格")
    FAIL = "fail", _("不合格")
    NOT_GRADED = "not_graded", _("不定等次")


# What the case file and the frozen figures call a grade, whatever language the page speaks.
WORDS = {
    Grade.EXCELLENT: "优秀",
    Grade.GOOD: "良好",
    Grade.PASS: "合格",
    Grade.FAIL: "不合格",
    Grade.WITHHELD: "暂缓",
    Grade.NOT_GRADED: "不定等次",
}
PERSON_WORDS = {
    PersonGrade.EXCELLENT: "优秀",
    PersonGrade.PASS: "合格",
    PersonGrade.BASIC: "基本合格",
    PersonGrade.FAIL: "不合格",
    PersonGrade.NOT_GRADED: "不定等次",
}
GRADES = {word: grade for grade, word in WORDS.items()}


class CapKind(TextChoices):
    """What keeps a result at 良好."""

    PART = "part", _("分项得分过低")
    NOT_VISITED = "not_visited", _("分项未经督导")
    COMPLETION = "completion", _("检查完成率过低")
    OPEN_CRITICAL = "open_critical", _("严重问题年底仍超期未改")
    SCHOOL_DAYS = "school_days", _("教学日不足")


class Bar(TextChoices):
    """What an application for an award may fall short of, in the order in which it is named."""

    GRADE = "grade", _("上一完整年度等次未达良好")
    PART_SCORE = "part score", _("相应分项公布得分未达线")
    VETO = "veto", _("处于一票否决影响期内")
    OPEN_CRITICAL = "open critical issue", _("有未整改的严重问题")
    VISITS = "visits", _("近 12 个月督导次数不足")
    LEGAL_BASIS = "legal basis", _("创建项目缺少依据文件")


LABELS = {
    "score": gettext_noop("总分"),
    "canteen": gettext_noop("食堂"),
    "dormitory": gettext_noop("宿舍"),
    "campus": gettext_noop("校园"),
    "management": gettext_noop("管理"),
    "bonus": gettext_noop("加分"),
    "late_reports": gettext_noop("迟报扣分"),
    "limit": gettext_noop("限幅"),
    "completion": gettext_noop("检查完成率"),
    "timeliness": gettext_noop("及时率"),
    "rectification": gettext_noop("按期整改率"),
    "supervision": gettext_noop("督导得分"),
    "mismatch": gettext_noop("自查不实扣分"),
    "people": gettext_noop("队伍与培训"),
    "system": gettext_noop("制度预案演练"),
    "funds": gettext_noop("经费与债务"),
    "satisfaction": gettext_noop("满意度"),
    "openness": gettext_noop("校务公开民主管理"),
    "ratio": gettext_noop("配备率"),
    "certs": gettext_noop("持证率"),
    "training": gettext_noop("培训完成率"),
    "regs": gettext_noop("制度健全率"),
    "plans": gettext_noop("预案健全率"),
    "drills": gettext_noop("演练完成率"),
    "closings": gettext_noop("月结及时率"),
    "disclosures": gettext_noop("账目公开率"),
    "surplus": gettext_noop("盈余控制"),
    "zero_reports": gettext_noop("零债务报告率"),
    "students": gettext_noop("学生"),
    "parents": gettext_noop("家长"),
    "staff": gettext_noop("教职工"),
    "disclosure": gettext_noop("校务公开率"),
    "democracy": gettext_noop("意见答复率"),
    "critical": gettext_noop("严重"),
    "major": gettext_noop("较重"),
    "minor": gettext_noop("一般"),
    "province": gettext_noop("省级督导"),
    "city": gettext_noop("市级督导"),
    "county": gettext_noop("县级督导"),
    "schools": gettext_noop("学校平均得分"),
    "qualified": gettext_noop("学校合格率"),
    "coverage": gettext_noop("督导覆盖率"),
    "review": gettext_noop("审核与上报"),
    "verification": gettext_noop("按期复查率"),
    "pass_on": gettext_noop("按时上报率"),
    "counties": gettext_noop("县（市、区）平均得分"),
    "sampling": gettext_noop("抽查完成率"),
    "sharing": gettext_noop("推广率"),
    "vetoes": gettext_noop("否决扣分"),
    "school": gettext_noop("学校得分"),
    "duty": gettext_noop("个人履职"),
    "meals": gettext_noop("陪餐"),
    "dispatch": gettext_noop("月调度"),
    "shifts": gettext_noop("带班值守"),
    "person": gettext_noop("个人得分"),
}

FORMULAS = {
    "score": gettext_noop("适用分项按权重折算之和＋加分－迟报扣分，限 0 至 100"),
    "part": gettext_noop("适用指标按权重折算之和－自查不实扣分，限 0 至 100"),
    "weighted": gettext_noop("适用各项按权重折算"),
    "completion": gettext_noop("100 ×（按时＋补录）÷（应检－免检），最高 100"),
    "timeliness": gettext_noop("100 × 按时 ÷（应检－免检），最高 100"),
    "rectification": gettext_noop("按严重程度加权：按时整改计 1，超期但未到首次期限两倍计半，其余计 0"),
    "severity": gettext_noop("100 ×（按时＋折半系数 × 折半）÷ 到期问题数"),
    "supervision": gettext_noop("各次督导得分按层级权重平均；未受督导不计入"),
    "visit": gettext_noop("一次督导的评分"),
    "mismatch": gettext_noop("自查记为合格、当日查出不合格的，每项扣分，有上限"),
    "rate": gettext_noop("100 × 完成 ÷ 应完成；无应完成的不计入"),
    "given": gettext_noop("经复核录入的得分"),
    "new_debt": gettext_noop("基准日后新增债务，本项计 0"),
    "surplus": gettext_noop("盈余率不超过第一线计满分，不超过第二线折半，其余计 0"),
    "survey": gettext_noop("有效问卷的平均分；有人而无有效问卷计 0"),
    "satisfaction": gettext_noop("有人群的各组按权重平均"),
    "bonus": gettext_noop("经确认的加分之和，有上限"),
    "late_reports": gettext_noop("每次迟报扣分，有上限"),
    "limit": gettext_noop("超出 0 至 100 的部分不计"),
    "enrolment": gettext_noop("按在校生数加权平均；被否决的按不高于否决得分计"),
    "qualified": gettext_noop("100 × 合格及以上 ÷ 定等次学校数"),
    "vetoes": gettext_noop("每个被否决单位扣分，有上限"),
    "days": gettext_noop("按任职天数加权平均，取否决前得分"),
    "bureau": gettext_noop("适用各项按权重折算之和－否决扣分，限 0 至 100"),
}

INPUTS = {
    "required": gettext_noop("应检"),
    "exempt": gettext_noop("免检"),
    "timely": gettext_noop("按时"),
    "late": gettext_noop("补录"),
    "on_time": gettext_noop("按时整改"),
    "half": gettext_noop("折半"),
    "failed": gettext_noop("未按期"),
    "half_share": gettext_noop("折半系数"),
    "weight_each": gettext_noop("每件权重"),
    "score": gettext_noop("得分"),
    "mismatch": gettext_noop("不实项数"),
    "points_each": gettext_noop("每项分值"),
    "most": gettext_noop("上限"),
    "rate": gettext_noop("比率"),
    "new_debt": gettext_noop("新增债务"),
    "surplus_rate": gettext_noop("盈余率"),
    "surplus_full": gettext_noop("第一线"),
    "surplus_half": gettext_noop("第二线"),
    "answers": gettext_noop("有效答卷"),
    "population": gettext_noop("应答人数"),
    "survey_answers": gettext_noop("有效所需答卷数"),
    "survey_share": gettext_noop("有效所需比例"),
    "practices": gettext_noop("被采用的典型经验"),
    "labour": gettext_noop("劳动实践"),
    "basket": gettext_noop("菜篮子"),
    "bonus": gettext_noop("加分"),
    "late_reports": gettext_noop("迟报次数"),
    "count": gettext_noop("计入单位数"),
    "vetoed": gettext_noop("被否决单位数"),
    "vetoed_score": gettext_noop("否决得分上限"),
    "qualified": gettext_noop("合格及以上"),
    "graded": gettext_noop("定等次学校数"),
    "days": gettext_noop("任职天数"),
}
