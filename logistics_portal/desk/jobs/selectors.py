"""Which jobs a person may see, and where what came out of them is shown."""

from __future__ import annotations

from django.db.models import Q
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from logistics_portal.accounts.models import Unit, User
from logistics_portal.accounts.permissions import GRANTS, Permission
from logistics_portal.kit.scoping import ScopedQuerySet, within
from logistics_portal.records.jobs import OWN_KINDS
from logistics_portal.records.models import Job

KINDS = {
    "write_report": _("编制报告"),
    "run_year": _("年度评价"),
    "reclose_days": _("校历变更后重新关账"),
    "fold_recent": _("汇总更新"),
    "apply_import": _("导入学校"),
}


def jobs_for(user: User) -> ScopedQuerySet[Job]:
    """Return the jobs a person asked for and, on a post that watches over jobs, those within its reach.

    Jobs of no unit belong to the whole province and are shown on posts there.
    """
    seen = Q(asked_by=user)
    watchers = [post for post in user.live_posts if post.role in GRANTS[Permission.JOB_VIEW]]
    if watchers:
        seen |= within(Job, user.reach)
    if any(post.unit.kind == Unit.Kind.PROVINCE for post in watchers):
        seen |= Q(unit__isnull=True)
    return Job.objects.filter(seen).exclude(kind__in=OWN_KINDS).select_related("unit", "asked_by")


def may_rerun(user: User, job: Job) -> bool:
    """Say whether a post of this person may run the job again or cancel it."""
    if job.unit is not None:
        return user.can(Permission.JOB_RERUN, at=job.unit)
    posts = [post for post in user.live_posts if post.unit.kind == Unit.Kind.PROVINCE]
    return any(post.role in GRANTS[Permission.JOB_RERUN] for post in posts)


def name_of(job: Job) -> str:
    """Return what the work is called: the name it was ordered under, else a word for work in general."""
    title = job.payload.get("title") if isinstance(job.payload, dict) else None
    known = KINDS.get(job.kind.rsplit(".", 1)[-1])
    return str(title or known or gettext("后台任务"))


def result_url(job: Job) -> str:
    """Return the address of what came out: the work names it as `url`, or as `url_name` with `url_args`."""
    result = job.result if isinstance(job.result, dict) else {}
    url = str(result.get("url", ""))
    if url.startswith("/") and not url.startswith("//"):
        return url
    try:
        return reverse(result["url_name"], args=result.get("url_args", [])) if "url_name" in result else ""
    except NoReverseMatch:
        return ""
