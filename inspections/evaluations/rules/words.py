"""The words of the evaluation: parts, grades, caps, and the label and formula behind every point."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as later


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
    "score": later("总分"),
    "canteen": later("食堂"),
    "dormitory": later("宿舍"),
    "campus": later("校园"),
    "management": later("管理"),
    "bonus": later("加分"),
    "late_reports": later("迟报扣分"),
    "limit": later("限幅"),
    "completion": later("检查完成率"),
    "timeliness": later("及时率"),
    "rectification": later("按期整改率"),
    "supervision": later("督导得分"),
    "mismatch": later("自查不实扣分"),
    "people": later("队伍与培训"),
    "system": later("制度预案演练"),
    "funds": later("经费与债务"),
    "satisfaction": later("满意度"),
    "openness": later("校务公开民主管理"),
    "ratio": later("配备率"),
    "certs": later("持证率"),
    "training": later("培训完成率"),
    "regs": later("制度健全率"),
    "plans": later("预案健全率"),
    "drills": later("演练完成率"),
    "closings": later("月结及时率"),
    "disclosures": later("账目公开率"),
    "surplus": later("盈余控制"),
    "zero_reports": later("零债务报告率"),
    "students": later("学生"),
    "parents": later("家长"),
    "staff": later("教职工"),
    "disclosure": later("校务公开率"),
    "democracy": later("意见答复率"),
    "critical": later("严重"),
    "major": later("较重"),
    "minor": later("一般"),
    "province": later("省级督导"),
    "city": later("市级督导"),
    "county": later("县级督导"),
    "schools": later("学校平均得分"),
    "qualified": later("学校合格率"),
    "coverage": later("督导覆盖率"),
    "review": later("审核与上报"),
    "verification": later("按期复查率"),
    "pass_on": later("按时上报率"),
    "counties": later("县（市、区）平均得分"),
    "sampling": later("抽查完成率"),
    "sharing": later("推广率"),
    "vetoes": later("否决扣分"),
    "school": later("学校得分"),
    "duty": later("个人履职"),
    "meals": later("陪餐"),
    "dispatch": later("月调度"),
    "shifts": later("带班值守"),
    "person": later("个人得分"),
}

FORMULAS = {
    "score": later("适用分项按权重折算之和＋加分－迟报扣分，限 0 至 100"),
    "part": later("适用指标按权重折算之和－自查不实扣分，限 0 至 100"),
    "weighted": later("适用各项按权重折算"),
    "completion": later("100 ×（按时＋补录）÷（应检－免检），最高 100"),
    "timeliness": later("100 × 按时 ÷（应检－免检），最高 100"),
    "rectification": later("按严重程度加权：按时整改计 1，超期但未到首次期限两倍计半，其余计 0"),
    "severity": later("100 ×（按时＋折半系数 × 折半）÷ 到期问题数"),
    "supervision": later("各次督导得分按层级权重平均；未受督导不计入"),
    "visit": later("一次督导的评分"),
    "mismatch": later("自查记为合格、当日查出不合格的，每项扣分，有上限"),
    "rate": later("100 × 完成 ÷ 应完成；无应完成的不计入"),
    "given": later("经复核录入的得分"),
    "new_debt": later("基准日后新增债务，本项计 0"),
    "surplus": later("盈余率不超过第一线计满分，不超过第二线折半，其余计 0"),
    "survey": later("有效问卷的平均分；有人而无有效问卷计 0"),
    "satisfaction": later("有人群的各组按权重平均"),
    "bonus": later("经确认的加分之和，有上限"),
    "late_reports": later("每次迟报扣分，有上限"),
    "limit": later("超出 0 至 100 的部分不计"),
    "enrolment": later("按在校生数加权平均；被否决的按不高于否决得分计"),
    "qualified": later("100 × 合格及以上 ÷ 定等次学校数"),
    "vetoes": later("每个被否决单位扣分，有上限"),
    "days": later("按任职天数加权平均，取否决前得分"),
    "bureau": later("适用各项按权重折算之和－否决扣分，限 0 至 100"),
}

INPUTS = {
    "required": later("应检"),
    "exempt": later("免检"),
    "timely": later("按时"),
    "late": later("补录"),
    "on_time": later("按时整改"),
    "half": later("折半"),
    "failed": later("未按期"),
    "half_share": later("折半系数"),
    "weight_each": later("每件权重"),
    "score": later("得分"),
    "mismatch": later("不实项数"),
    "points_each": later("每项分值"),
    "most": later("上限"),
    "rate": later("比率"),
    "new_debt": later("新增债务"),
    "surplus_rate": later("盈余率"),
    "surplus_full": later("第一线"),
    "surplus_half": later("第二线"),
    "answers": later("有效答卷"),
    "population": later("应答人数"),
    "survey_answers": later("有效所需答卷数"),
    "survey_share": later("有效所需比例"),
    "practices": later("被采用的典型经验"),
    "labour": later("劳动实践"),
    "basket": later("菜篮子"),
    "bonus": later("加分"),
    "late_reports": later("迟报次数"),
    "count": later("计入单位数"),
    "vetoed": later("被否决单位数"),
    "vetoed_score": later("否决得分上限"),
    "qualified": later("合格及以上"),
    "graded": later("定等次学校数"),
    "days": later("任职天数"),
}
