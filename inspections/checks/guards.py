"""What the database itself refuses about checks: a revision that was handed in never changes and never goes (T05)."""

from __future__ import annotations

from inspections.checks.rules import releases
from logistics_portal.records.guards import Guard, append_only, never_deleted, refuse

KEPT = (
    "client_id",
    "content_hash",
    "place_id",
    "school_id",
    "county_id",
    "checklist_id",
    "version_id",
    "date",
    "seq",
    "revision",
    "stage",
    "answers",
    "n_fail",
    "n_na",
    "by_id",
    "stands_in",
    "handed_in_at",
    "reason",
)
COUNTED = ("timeliness", "mark")  # told when a check is whole, which may be when its last photo comes
EMPTY_OR_KEPT = ("post_id", "at", "skew", "received_at", "countersigned_by_id", "voided_by_id")
STEPS = (
    ("received", "superseded"),
    ("received", "voided"),
    ("receiving", "superseded"),
    ("receiving", "incomplete"),
    ("receiving", "received"),
    ("incomplete", "received"),
)
_CHANGED = " OR ".join(f"OLD.{name} <> NEW.{name}" for name in (*KEPT, "values"))
_TAKEN_BACK = " OR ".join(
    f"(OLD.{name} IS NOT NULL AND (NEW.{name} IS NULL OR OLD.{name} <> NEW.{name}))" for name in EMPTY_OR_KEPT
)
_STEP = " OR ".join(f"(OLD.state = '{before}' AND NEW.state = '{after}')" for before, after in STEPS)
_COUNTED = " OR ".join(f"OLD.{name} <> NEW.{name}" for name in COUNTED)
_WHOLE = "(OLD.state IN ('receiving', 'incomplete') AND NEW.state = 'received')"
_COUNTED_LATER = f"(({_COUNTED}) AND NOT {_WHOLE})"
_WHEN = f"{_CHANGED} OR {_TAKEN_BACK} OR {_COUNTED_LATER} OR NOT (OLD.state = NEW.state OR {_STEP})"

PROMISED = ("check_id", "item_code", "sha256", "from_album")
_PROMISE = " OR ".join(f"OLD.{name} <> NEW.{name}" for name in PROMISED)
_PROMISE_KEPT = " OR ".join(
    f"(OLD.{name} IS NOT NULL AND (NEW.{name} IS NULL OR OLD.{name} <> NEW.{name}))"
    for name in ("photo_id", "arrived_at", "given_up_at")
)

ASKED = ("check_id", "reason", "asked_by_id", "asked_at")
ANSWERED = ("decided_by_id", "decided_at", "until", "used_for_id")
_ASK_CHANGED = " OR ".join(f"OLD.{name} <> NEW.{name}" for name in ASKED)
_ANSWER_CHANGED = " OR ".join(
    f"(OLD.{name} IS NOT NULL AND (NEW.{name} IS NULL OR OLD.{name} <> NEW.{name}))" for name in ANSWERED
)
_RELEASE_STEP = " OR ".join(
    f"(OLD.state = '{before}' AND NEW.state = '{after}')" for (_word, before), after in releases.STEPS.items()
)

GUARDS: tuple[Guard, ...] = (
    refuse(
        "handed_in_check_never_changes",
        "inspections_check",
        on=("UPDATE",),
        sqlite=_WHEN.replace(".values", '."values"'),
        postgres=_WHEN.replace(".values", '."values"'),
    ),
    never_deleted("inspections_check"),
    append_only("inspections_failure"),
    append_only("inspections_checkphoto"),
    refuse(
        "promised_photo_never_changes",
        "inspections_awaitedphoto",
        on=("UPDATE",),
        when=f"{_PROMISE} OR {_PROMISE_KEPT}",
    ),
    never_deleted("inspections_awaitedphoto"),
    never_deleted("inspections_missed"),
    refuse(
        "release_goes_only_forward",
        "inspections_release",
        on=("UPDATE",),
        when=f"{_ASK_CHANGED} OR {_ANSWER_CHANGED} OR NOT (OLD.state = NEW.state OR {_RELEASE_STEP})",
    ),
    never_deleted("inspections_release"),
)
