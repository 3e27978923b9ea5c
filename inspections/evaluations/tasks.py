"""The annual evaluation, on a worker."""

from __future__ import annotations

from inspections.evaluations import services
from inspections.evaluations.models import Run
from inspections.tallies.services import fold_year
from logistics_portal.records.work import Running, portal_task


@portal_task
def run_year(job: Running, *, run_id: int) -> dict[str, int]:
    """Fold the year's tallies, then compute every school's result; running it twice writes it once.

    Either is half of the progress, told in schools.
    """
    run = Run.objects.select_related("scheme").get(pk=run_id)
    fold_year(year=run.year, at=run.as_of, progress=lambda done, of: job.progress(done // 2, of))
    services.compute(run=run, progress=lambda done, of: job.progress((of + done) // 2, of))
    return {"run": run_id}
