"""The records app."""

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    """Audit trail, attachments, notices, jobs, parameters, counters."""

    name = "logistics_portal.records"
    label = "records"
    verbose_name = "记录"
