"""The columns a sheet of schools may have, and the other names offices give them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from logistics_portal.kit.sheets import Column

YES_NO = ("是", "否")
KIND_WORDS = {
    "primary": ("小学", "完全小学", "村小", "教学点", "中心小学", "primary"),
    "junior": ("初中", "初级中学", "普通初中", "junior"),
    "nine_year": ("九年一贯制学校", "九年一贯制", "九年制", "nine_year", "nine_year_or_other"),
    "senior": ("普通高中", "高中", "高级中学", "senior", "senior_secondary"),
    "complete_secondary": ("完全中学", "初高中", "十二年一贯制", "complete_secondary"),
    "vocational": ("中等职业学校", "中职", "职业高中", "职高", "职教中心", "职业学校", "vocational"),
    "special_ed": ("特殊教育学校", "特殊教育", "特教", "特教学校", "special_ed"),
}
KINDS = {word: kind for kind, words in KIND_WORDS.items() for word in words}
AMBIGUOUS_KINDS = frozenset({"", "中学", "普通中学", "学校", "secondary", "unknown", "未知", "其他", "其它"})
MIDDLE_SCHOOLS = frozenset({"中学", "普通中学", "secondary"})
NAME_ENDS = {"中": "junior", "高": "senior", "小": "primary"}
NOT_SCHOOLS = frozenset({"幼儿园", "kindergarten", "大学", "高等学校", "培训机构"})
NAME_SAYS = (
    ("幼儿园", ""),
    ("特殊教育", "special_ed"),
    ("聋哑", "special_ed"),
    ("盲", "special_ed"),
    ("培智", "special_ed"),
    ("职业", "vocational"),
    ("职教", "vocational"),
    ("职高", "vocational"),
    ("中等专业", "vocational"),
    ("技工", "vocational"),
    ("九年", "nine_year"),
    ("小学", "primary"),
    ("村小", "primary"),
    ("完全中学", "complete_secondary"),
    ("高级中学", "senior"),
    ("高中", "senior"),
    ("初级中学", "junior"),
    ("初中", "junior"),
    ("中学", "junior"),
)
OWNERSHIPS = {
    **dict.fromkeys(("公办", "公立", "国有", "教育部门", "public"), "public"),
    **dict.fromkeys(("民办", "私立", "社会力量", "private"), "private"),
}
FLAGS = {
    "is_rural_compulsory": "rural",
    "is_boarding": "boarding",
    "serves_meals": "meals",
    "keeps_weekends": "weekends",
}

COLUMNS = (
    Column("name", ("学校名称", "学校", "名称", "单位名称", "学校全称", "校名", "name", "school")),
    Column(
        "code",
        (
            "学校代码",
            "学校（机构）标识码",
            "学校标识码",
            "机构标识码",
            "标识码",
            "学校编码",
            "机构代码",
            "代码",
            "code",
        ),
        required=False,
        is_code=True,
        hint="10 位；没有代码的新学校由系统给临时代码",
    ),
    Column(
        "unit",
        (
            "主管单位",
            "主管教育局",
            "主管部门",
            "县（市、区）",
            "县区",
            "区县",
            "县市区",
            "所属县区",
            "所在县",
            "所属县（市、区）",
            "county",
            "county_2019",
        ),
        required=False,
        hint="教育局所在市、县的全称；与“主管单位代码”至少填一项",
    ),
    Column(
        "unit_code",
        ("主管单位代码", "县区代码", "区县代码", "行政区划代码", "区划代码", "county_code", "county_code_2024"),
        required=False,
        is_code=True,
        hint="例如 220102",
    ),
    Column(
        "city",
        ("市（州）", "地市", "所属地市", "城市", "市州", "city", "city_2019"),
        required=False,
        hint="同名县区时用来区分",
    ),
    Column(
        "kind",
        ("学校类型", "办学类型", "学校类别", "类型", "学段", "kind", "level_guess"),
        required=False,
        choices=tuple(words[0] for words in KIND_WORDS.values()),
    ),
    Column(
        "ownership",
        ("办学性质", "性质", "公办民办", "公办/民办", "举办者", "ownership"),
        required=False,
        choices=("公办", "民办"),
    ),
    Column("rural", ("农村义务教育", "是否农村", "农村", "农村学校", "rural"), required=False, choices=YES_NO),
    Column("boarding", ("寄宿制", "是否寄宿", "寄宿", "寄宿学校", "boarding"), required=False, choices=YES_NO),
    Column("meals", ("供餐", "是否供餐", "有食堂", "食堂供餐", "meals"), required=False, choices=YES_NO),
    Column("weekends", ("周末留宿", "是否周末留宿", "weekends"), required=False, choices=YES_NO),
    Column("pupils", ("在校生数", "学生数", "在校学生数", "学生人数", "在校生", "pupils"), required=False),
    Column("boarders", ("寄宿生数", "住宿生数", "住校生数", "寄宿生", "boarders"), required=False),
    Column("address", ("地址", "学校地址", "详细地址", "address"), required=False),
    Column("phone", ("办公电话", "电话", "联系电话", "学校电话", "phone"), required=False),
    Column(
        "opened", ("建校日期", "建校时间", "成立时间", "成立日期", "opened"), required=False, hint="例如 1956-09-01"
    ),
)
BY_KEY = {column.key: column for column in COLUMNS}
SAMPLE = {
    "name": "（示例，请删除）某某县实验小学",
    "unit": "敦化市",
    "kind": "小学",
    "ownership": "公办",
    "boarding": "否",
    "meals": "是",
}
WORDS = {"guessed": _("类型由校名推断"), "carried": _("主管单位沿用上一行")}
