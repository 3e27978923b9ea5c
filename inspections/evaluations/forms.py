"""What may be typed about a run of the evaluation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from logistics_portal.kit.forms import PortalForm, WholeNumber


class RunForm(PortalForm):
    """Which year to compute."""

    year = WholeNumber(label=_("评价年度"), min_value=2009, max_value=2100)
