"""What was done, by whom and when: audit trail, attachments, notices, jobs, parameters, counters."""
