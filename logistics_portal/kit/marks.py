"""Small pieces of HTML that tables write by the hundred: icons and badges."""

from __future__ import annotations

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

SPRITE = "icons.svg"
TONES = {
    "bad": "alert-circle",
    "warn": "clock",
    "good": "circle-check",
    "info": "progress",
    "idle": "circle-minus",
    "veto": "ban",
}


def icon_html(name: str) -> SafeString:
    """Return the picture called `name`, or the one that stands for a tone."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static(SPRITE),
        TONES.get(name, name),
    )


def badge_html(tone: str, text: object, icon: str = "") -> SafeString:
    """Return a status: icon, word and colour. `veto` always reads 一票否决; an unknown tone is `idle`."""
    tone = tone if tone in TONES else "idle"
    word = gettext("一票否决") if tone == "veto" else text
    return format_html('<span class="badge badge--{}">{}{}</span>', tone, icon_html(icon or tone), word)
