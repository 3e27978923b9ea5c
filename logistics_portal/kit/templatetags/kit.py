"""Components of every page: those that take a body, and the small ones that are quicker as tags."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import template
from django.conf import settings
from django.forms import BoundField
from django.template.context import Context
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from logistics_portal.kit.dates import until_text
from logistics_portal.kit.forms import LongText
from logistics_portal.kit.marks import badge_html, icon_html

register = template.Library()
NOTICE_ICONS = {"info": "info-circle", "warn": "alert-triangle"}
WEEK_DAYS = (_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日"))
BROWSERS = (
    ("MicroMessenger", _("微信")),
    ("DingTalk", _("钉钉")),
    ("Edg/", "Edge"),
    ("HuaweiBrowser", _("华为浏览器")),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("Mac OS", "Mac"),
    ("OpenHarmony", _("鸿蒙")),
    ("Linux", "Linux"),
)


@register.simple_block_tag
def card(content: str, **kwargs: Any) -> SafeString:
    """Return a white box around its body: `title`, `note`, `href` + `link` at the right, `flush`, `id`, `level`."""
    return render_to_string("components/card.html", {"content": content, "level": 2, **kwargs})


@register.simple_block_tag(takes_context=True)
def page_head(context: Context, content: str, **kwargs: Any) -> SafeString:
    """Return the head of a page: `title`, `facts`, `crumbs`, `bar`; the body holds at most one main button."""
    return render_to_string("components/page_head.html", {"content": content if content.strip() else "", **kwargs})


@register.simple_block_tag
def savebar(content: str) -> SafeString:
    """Return the bar at the foot of a form around its buttons; the first is the main one."""
    return format_html('<div class="savebar">{}</div>', content)


@register.simple_block_tag
def notice(content: str, tone: str = "info") -> SafeString:
    """Return a framed sentence that the reader must not miss."""
    icon = icon_html(NOTICE_ICONS.get(tone, tone))
    return format_html('<div class="notice notice--{}">{}<div>{}</div></div>', tone, icon, content)


@register.simple_tag
def badge(tone: str, text: object, icon: str = "") -> SafeString:
    """Return a status: icon, word and colour together. Only `veto` writes 一票否决."""
    return badge_html(tone, text, icon)


@register.simple_tag
def icon(name: str) -> SafeString:
    """Return a picture of the sprite for decoration; the word beside it carries the meaning."""
    return icon_html(name)


@register.simple_tag
def url_if(name: str, *args: Any) -> str:
    """Return the address of a page, or nothing where its room is not built."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


@register.simple_tag(takes_context=True)
def here_with(context: Context, **changes: Any) -> str:
    """Return the address of this page with some of its query changed; an empty value drops the key."""
    query = context["request"].GET.copy()
    for key, value in changes.items():
        query.pop(key, None)
        if value not in ("", None):
            query[key] = str(value)
    return f"?{query.urlencode()}"


@register.simple_tag
def language_tag() -> str:
    """Return the language of the page as HTML names it."""
    return "zh-Hans" if (get_language() or "").startswith("zh") else "en"


@register.simple_tag
def demo() -> bool:
    """Say whether this portal shows the demo province."""
    return bool(settings.DEMO)


@register.filter
def unit_of(field: BoundField) -> str:
    """Return the unit written inside a field: the widget's `data-unit`."""
    return str(field.field.widget.attrs.get("data-unit", ""))


@register.filter
def length_of(field: BoundField) -> str:
    """Return how long a text is to be, in words, where it is a text of some sentences."""
    asked = field.field
    if not isinstance(asked, LongText):
        return ""
    if asked.min_length:
        return gettext("%(least)s–%(most)s 字") % {"least": asked.min_length, "most": asked.max_length}
    return gettext("最多 %(most)s 字") % {"most": asked.max_length}


@register.filter
def day(value: date | datetime | None) -> str:
    """Return a day as tables write it: 2026-03-05."""
    if value is None:
        return ""
    return (timezone.localtime(value).date() if isinstance(value, datetime) else value).isoformat()


@register.filter
def moment(value: datetime | None) -> str:
    """Return an instant as tables write it: 2026-03-05 14:03."""
    return timezone.localtime(value).strftime("%Y-%m-%d %H:%M") if value else ""


@register.filter
def until(value: datetime | None) -> str:
    """Return a deadline as tables write it; midnight is told as the end of a day: 2026-03-05 24:00."""
    return until_text(value) if value else ""


@register.filter
def clock(value: datetime | None) -> str:
    """Return the time of day: 14:03."""
    return timezone.localtime(value).strftime("%H:%M") if value else ""


@register.filter
def prose_day(value: date | datetime | None) -> str:
    """Return a day as sentences write it: 2026年3月5日, or 5 Mar 2026."""
    if value is None:
        return ""
    value = timezone.localtime(value).date() if isinstance(value, datetime) else value
    if (get_language() or "").startswith("zh"):
        return f"{value.year}年{value.month}月{value.day}日"
    return date_format(value, "j M Y")


@register.filter
def thousands(value: int | None) -> str:
    """Return a number with separators, quicker than localisation."""
    return "" if value is None else f"{value:,}"


@register.simple_tag
def percent(part: int, whole: int) -> str:
    """Return a share in percent with one decimal, or a dash where there is nothing to share."""
    if not whole:
        return gettext("—")
    tenths = (2000 * part + whole) // (2 * whole)
    return f"{tenths // 10}.{tenths % 10}%"


@register.filter
def tone_of(level: str) -> str:
    """Return the tone of a message by Django's word for its level."""
    return {"error": "bad", "warning": "warn", "success": "good"}.get(level, "info")


@register.filter
def in_words(value: str, words: str) -> bool:
    """Say whether a value is one of some words."""
    return value in words.split()


@register.simple_tag(takes_context=True)
def panel(context: Context, filled: tuple[str, dict[str, Any]]) -> SafeString:
    """Return one panel of a shared page, rendered from its own template with its own context."""
    name, values = filled
    return render_to_string(name, values, request=context.get("request"))


@register.filter
def device(agent: str) -> str:
    """Return browser and system in two words, from what a browser says of itself."""
    browser = next((word for sign, word in BROWSERS if sign in agent), gettext("其他浏览器"))
    system = next((word for sign, word in SYSTEMS if sign in agent), gettext("其他系统"))
    return f"{browser} · {system}"


@register.filter
def week_day(value: date) -> str:
    """Return the day of the week: 周四."""
    return str(WEEK_DAYS[value.weekday()])
