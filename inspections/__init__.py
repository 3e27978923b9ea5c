"""The wing of checks, findings, visits, incidents, evaluations and reports."""
