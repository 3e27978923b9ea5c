"""What the codes of bases stand for: laws and standards (K…), and the founding document's demands (R…)."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

BETWEEN = "、"  # how a row keeps several codes
NAMES: dict[str, Promise] = {
    "K01": _("吉教校产字〔2009〕1号"),
    "K02": _("学校食品安全与营养健康管理规定"),
    "K03": _("食品安全法"),
    "K04": _("食品安全法实施条例"),
    "K05": _("集中用餐单位落实食品安全主体责任监督管理规定"),
    "K06": _("企业落实食品安全主体责任监督管理规定"),
    "K07": _("餐饮服务通用卫生规范（GB 31654）"),
    "K08": _("学生餐营养指南（WS/T 554）"),
    "K09": _("中小学校园食品安全和膳食经费管理工作指引"),
    "K11": _("校园配餐服务企业管理指南"),
    "K12": _("反食品浪费法"),
    "K14": _("学校食堂明厨亮灶情况"),
    "K20": _("学生宿舍卫生要求及管理规范（GB 31177）"),
    "K21": _("国家学校体育卫生条件试行基本标准"),
    "K22": _("农村寄宿制学校生活卫生设施建设与管理规范"),
    "K24": _("中小学校、幼儿园消防安全十项规定"),
    "K25": _("消防法"),
    "K26": _("中小学幼儿园应急疏散演练指南"),
    "K27": _("中小学幼儿园安全管理办法"),
    "K28": _("中小学幼儿园安全防范工作规范"),
    "K29": _("公共安全视频图像信息系统管理条例"),
    "K30": _("学校卫生工作条例"),
    "K31": _("国务院关于特大安全事故行政责任追究的规定"),
    "K33": _("教育法"),
    "K35": _("吉林省学校安全通知"),
    "K36": _("寄宿制学校后勤人员配备（暂用默认值）"),
    "K40": _("生产安全事故报告和调查处理条例"),
    "K41": _("国家食品安全事故应急预案"),
    "K42": _("突发公共卫生事件应急条例"),
    "K43": _("教育系统事故报告做法"),
    "K45": _("未成年人保护法"),
    "K61": _("校方责任险"),
    "K66": _("个人信息保护法"),
}
DEMANDS: dict[str, Promise] = {
    "R21": _("劳动实践场所建设"),
    "R22": _("勤工俭学活动"),
    "R23": _("教育资产监管"),
    "R24": _("风险服务"),
    "R25": _("勤俭节约意识和艰苦奋斗精神"),
    "R27": _("制定和完善相关制度"),
    "R30": _("突发事件应急预案"),
    "R31": _("预案落到实处"),
    "R32": _("公益性、教育性的原则"),
    "R38": _("食堂准入制度"),
    "R40": _("严格资质审定"),
    "R41": _("公开招标"),
    "R43": _("实行成本核算"),
    "R44": _("营养配餐"),
    "R45": _("“菜篮子”工程"),
    "R49": _("卫生、质量、价格、安全各个环节的监管"),
    "R50": _("加大监管力度"),
    "R51": _("岗位责任制"),
    "R55": _("学生宿舍管理制度"),
    "R56": _("用电、用水、防火、防盗责任追究制度"),
    "R57": _("加强安全保卫工作"),
    "R59": _("自我教育和自我管理"),
    "R60": _("强化校园设施管理，保证校园安全"),
    "R61": _("美化绿化校园"),
    "R62": _("优化学校环境"),
    "R63": _("校园规划管理"),
    "R64": _("校园文化建设"),
    "R66": _("配备足够的后勤工作人员"),
    "R69": _("分级开展培训"),
    "R70": _("实行持证上岗"),
    "R74": _("与校内职称评定、岗位聘任相挂钩"),
    "R75": _("贡献成绩突出的予以表彰奖励"),
    "R81": _("“一把手”负总责"),
    "R82": _("配备分管后勤的副校长"),
    "R83": _("明确分工，责任到人"),
    "R85": _("校务公开"),
    "R86": _("民主管理"),
    "R87": _("以师生满意度为衡量标准"),
    "R89": _("及时总结推广好的做法与经验，以点带面"),
    "R101": _("不要发生新的债务"),
    "R102": _("多种媒体，多条渠道广泛宣传"),
    "R107": _("坚持日常检查制度"),
}


def named(code: str) -> str:
    """Return what a basis is called: a law by its title, a demand by the founding document; else the code itself."""
    if code in DEMANDS:
        return gettext("%(paper)s：%(demand)s") % {"paper": NAMES["K01"], "demand": DEMANDS[code]}
    return str(NAMES.get(code, code))


def in_words(codes: str) -> SafeString:
    """Return the bases a row keeps as `K02、K07` by their names, each code small beside its name."""
    pairs = [(named(code), code) for code in codes.split(BETWEEN) if code]
    return format_html_join(gettext("；"), "{}", ((_with_code(name, code),) for name, code in pairs))


def _with_code(name: str, code: str) -> SafeString | str:
    return code if name == code else format_html('{} <small class="muted">{}</small>', name, code)
