"""What may be done, and which role may do it where. Roles are code; only their keys are stored.

Source: the table of rights (who may do what); dots of its keys became underscores. Level says at which unit, seen
from the record's own unit, the post must sit: OWN the unit itself, FIRST its first reviewer F, NEXT the bureau above
F, PROVINCE the province, ABOVE any unit whose reach covers it.
"""

from __future__ import annotations

from enum import Enum, StrEnum, auto

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Level(Enum):
    """Where a post must sit, seen from the record it acts on."""

    OWN = auto()
    FIRST = auto()
    NEXT = auto()
    PROVINCE = auto()
    ABOVE = auto()


class Role(StrEnum):
    """A post that a user can hold at a unit."""

    LOGISTICS_OFFICER = auto()
    FOOD_SAFETY_OFFICER = auto()
    FOOD_SAFETY_DIRECTOR = auto()
    DORM_KEEPER = auto()
    VICE_PRINCIPAL_LOGISTICS = auto()
    PRINCIPAL = auto()
    PARTY_SECRETARY = auto()
    OFFICE_CLERK = auto()
    OFFICE_HEAD = auto()
    INSPECTOR = auto()
    INSPECTORATE_HEAD = auto()
    BUREAU_LEADER = auto()
    SCHEME_ADMIN = auto()
    SYSTEM_OPERATOR = auto()
    SECURITY_ADMIN = auto()
    AUDITOR = auto()

    @property
    def label(self) -> Promise:
        """Return the role's name."""
        return ROLE_LABELS[self]

    @classmethod
    def choices(cls) -> list[tuple[str, Promise]]:
        """Return the roles as a form offers them."""
        return [(role.value, role.label) for role in cls]


ROLE_LABELS: dict[Role, Promise] = {
    Role.LOGISTICS_OFFICER: _("后勤管理员"),
    Role.FOOD_SAFETY_OFFICER: _("食品安全员"),
    Role.FOOD_SAFETY_DIRECTOR: _("食品安全总监"),
    Role.DORM_KEEPER: _("宿管员"),
    Role.VICE_PRINCIPAL_LOGISTICS: _("分管后勤副校长"),
    Role.PRINCIPAL: _("校长"),
    Role.PARTY_SECRETARY: _("党组织书记"),
    Role.OFFICE_CLERK: _("后勤部门经办"),
    Role.OFFICE_HEAD: _("后勤部门负责人"),
    Role.INSPECTOR: _("督学"),
    Role.INSPECTORATE_HEAD: _("督导机构负责人"),
    Role.BUREAU_LEADER: _("局（厅）分管领导"),
    Role.SCHEME_ADMIN: _("省级评价管理员"),
    Role.SYSTEM_OPERATOR: _("系统管理员"),
    Role.SECURITY_ADMIN: _("安全管理员"),
    Role.AUDITOR: _("审计管理员"),
}

SCHOOL_ROLES = frozenset(
    {
        Role.LOGISTICS_OFFICER,
        Role.FOOD_SAFETY_OFFICER,
        Role.FOOD_SAFETY_DIRECTOR,
        Role.DORM_KEEPER,
        Role.VICE_PRINCIPAL_LOGISTICS,
        Role.PRINCIPAL,
        Role.PARTY_SECRETARY,
    }
)
OWN_LOG_ROLES = frozenset({Role.DORM_KEEPER})  # those a principal staffs without the bureau
PROVINCE_ROLES = frozenset({Role.SCHEME_ADMIN, Role.SYSTEM_OPERATOR, Role.AUDITOR})
BUREAU_ROLES = frozenset(Role) - SCHOOL_ROLES - PROVINCE_ROLES
SECOND_FACTOR_ROLES = frozenset(Role) - SCHOOL_ROLES


class Permission(StrEnum):
    """One thing a user may be allowed to do."""

    UNIT_CHANGE = auto()
    UNIT_CONFIRM = auto()
    POST_ASK = auto()
    POST_GRANT_SCHOOL = auto()
    POST_GRANT_LOGS = auto()
    POST_GRANT_BUREAU = auto()
    POST_CONFIRM = auto()
    POST_REQUEST_SEE = auto()
    POST_DELEGATE = auto()
    ACCOUNT_CREATE = auto()
    ACCOUNT_LOCK = auto()
    SCHOOL_CREATE = auto()
    SCHOOL_IMPORT = auto()
    SCHOOL_PROPOSE = auto()
    SCHOOL_EDIT = auto()
    SCHOOL_CLOSE = auto()
    SCHOOL_END = auto()
    SCHOOL_MOVE_FAR = auto()
    PLACE_ADD = auto()
    PLACE_CLOSE = auto()
    CALENDAR_EDIT = auto()
    CALENDAR_PUBLISH = auto()
    CLOSURE_DECLARE = auto()
    CLOSURE_CONFIRM = auto()
    CLOSURE_REQUEST = auto()
    CLOSURE_DECIDE = auto()
    CLOSURE_DECIDE_LONG = auto()
    CLOSURE_DECIDE_LATE = auto()
    EXEMPTION_REQUEST = auto()
    EXEMPTION_DECIDE = auto()
    EXEMPTION_DECIDE_LATE = auto()
    CHECKLIST_DRAFT = auto()
    CHECKLIST_PUBLISH = auto()
    CHECK_SUBMIT = auto()
    CHECK_COUNTERSIGN = auto()
    CHECK_CORRECT = auto()
    CHECK_RELEASE = auto()
    CHECK_VOID_ASK = auto()
    CHECK_VOID = auto()
    FINDING_OPEN = auto()
    FINDING_OPEN_BUREAU = auto()
    FINDING_ASSIGN = auto()
    FINDING_REMEDY = auto()
    FINDING_EXTEND_ASK = auto()
    FINDING_EXTEND = auto()
    FINDING_ACCEPT_MINOR = auto()
    FINDING_ACCEPT = auto()
    FINDING_REOPEN = auto()
    FINDING_WITHDRAW = auto()
    FINDING_TOLERATE_ASK = auto()
    FINDING_TOLERATE_PREPARE = auto()
    FINDING_TOLERATE = auto()
    INCIDENT_REPORT = auto()
    INCIDENT_FOLLOW_UP = auto()
    INCIDENT_PASS_ON = auto()
    INCIDENT_RECTIFY = auto()
    INCIDENT_CLOSE = auto()
    INCIDENT_SOFTEN_PROPOSE = auto()
    INCIDENT_SOFTEN = auto()
    INCIDENT_SOFTEN_PROVINCE = auto()
    REPORT_ACT_DECIDE = auto()
    GRADE_DECIDE_GENERAL = auto()
    GRADE_DECIDE_LARGER = auto()
    GRADE_DECIDE_MAJOR = auto()
    RESPONSIBILITY_RECORD = auto()
    RESPONSIBILITY_DECIDE = auto()
    RESPONSIBILITY_DECIDE_LIGHT = auto()
    VETO_PROPOSE = auto()
    VETO_CONFIRM_GENERAL = auto()
    VETO_CONFIRM_PROVINCE = auto()
    VETO_CONFIRM_LEADER = auto()
    VETO_LIFT = auto()
    VETO_LIFT_LEADER = auto()
    EVALUATION_RUN = auto()
    EVALUATION_SEE = auto()
    REPORT_SEE = auto()
    REPORT_REISSUE = auto()
    PARAMETER_SET = auto()
    PARAMETER_CONFIRM = auto()
    JOB_VIEW = auto()
    JOB_RERUN = auto()
    AUDIT_READ = auto()
    EXPORT_VIEW = auto()


Levels = frozenset[Level]
Grants = dict[Role, Levels]

OWN: Levels = frozenset({Level.OWN})
F: Levels = frozenset({Level.FIRST})
C: Levels = frozenset({Level.NEXT})
P: Levels = frozenset({Level.PROVINCE})
ABOVE: Levels = frozenset({Level.ABOVE})

LO, FO, FD, DK = (
    Role.LOGISTICS_OFFICER,
    Role.FOOD_SAFETY_OFFICER,
    Role.FOOD_SAFETY_DIRECTOR,
    Role.DORM_KEEPER,
)
VP, PR, PS = Role.VICE_PRINCIPAL_LOGISTICS, Role.PRINCIPAL, Role.PARTY_SECRETARY
OC, OH, IN, IH, BL = (
    Role.OFFICE_CLERK,
    Role.OFFICE_HEAD,
    Role.INSPECTOR,
    Role.INSPECTORATE_HEAD,
    Role.BUREAU_LEADER,
)
SA, SY, SE, AU = Role.SCHEME_ADMIN, Role.SYSTEM_OPERATOR, Role.SECURITY_ADMIN, Role.AUDITOR


def _give(levels: Levels, *roles: Role) -> Grants:
    return dict.fromkeys(roles, levels)


EVERYBODY_AT_SCHOOL = _give(OWN, *sorted(SCHOOL_ROLES))
READERS = _give(ABOVE, *sorted(set(Role) - {SY, SE}))

GRANTS: dict[Permission, Grants] = {
    Permission.UNIT_CHANGE: _give(P, SA, OC),
    Permission.UNIT_CONFIRM: _give(P, OH),
    Permission.POST_ASK: _give(OWN, PR, VP) | _give(F, OC),
    Permission.POST_GRANT_SCHOOL: _give(F, SE),
    Permission.POST_GRANT_LOGS: _give(OWN, PR),
    Permission.POST_GRANT_BUREAU: _give(ABOVE, SE),
    Permission.POST_CONFIRM: _give(P, BL),
    Permission.POST_REQUEST_SEE: _give(ABOVE, PR, VP, OC, SE, BL, AU),
    Permission.POST_DELEGATE: _give(OWN, PR, VP, OH),
    Permission.ACCOUNT_CREATE: _give(ABOVE, SE),
    Permission.ACCOUNT_LOCK: _give(ABOVE, SE),
    Permission.SCHOOL_CREATE: _give(F, OC, OH),
    Permission.SCHOOL_IMPORT: _give(F | C | P, OC, OH),
    Permission.SCHOOL_PROPOSE: _give(OWN, LO, VP),
    Permission.SCHOOL_EDIT: _give(F, OC, OH),
    Permission.SCHOOL_CLOSE: _give(F, OH),
    Permission.SCHOOL_END: _give(C, OH),
    Permission.SCHOOL_MOVE_FAR: _give(P, OH),
    Permission.PLACE_ADD: _give(OWN, LO, VP) | _give(F, OC),
    Permission.PLACE_CLOSE: _give(OWN, VP) | _give(F, OC),
    Permission.CALENDAR_EDIT: _give(OWN, OC),
    Permission.CALENDAR_PUBLISH: _give(OWN, OH),
    Permission.CLOSURE_DECLARE: _give(ABOVE, OC),
    Permission.CLOSURE_CONFIRM: _give(OWN, OH),
    Permission.CLOSURE_REQUEST: _give(OWN, PR, VP),
    Permission.CLOSURE_DECIDE: _give(F, OC, OH),
    Permission.CLOSURE_DECIDE_LONG: _give(F, OH),
    Permission.CLOSURE_DECIDE_LATE: _give(C, OH),
    Permission.EXEMPTION_REQUEST: _give(OWN, LO, VP, PR),
    Permission.EXEMPTION_DECIDE: _give(F, OC, OH),
    Permission.EXEMPTION_DECIDE_LATE: _give(C, OH),
    Permission.CHECKLIST_DRAFT: _give(P, SA) | _give(OWN, OC),
    Permission.CHECKLIST_PUBLISH: _give(OWN, OH),
    Permission.CHECK_SUBMIT: _give(OWN, LO, FO, FD, DK, VP, PR),
    Permission.CHECK_COUNTERSIGN: _give(OWN, FD, VP, PR, PS),
    Permission.CHECK_CORRECT: _give(OWN, LO, FO, FD, DK, VP, PR),
    Permission.CHECK_RELEASE: _give(F, OC, OH),
    Permission.CHECK_VOID_ASK: _give(OWN, VP, PR),
    Permission.CHECK_VOID: _give(F, OC, OH),
    Permission.FINDING_OPEN: _give(OWN, LO, FO, FD, DK, VP),
    Permission.FINDING_OPEN_BUREAU: _give(ABOVE, OC, OH, IN),
    Permission.FINDING_ASSIGN: _give(OWN, LO, FD, VP),
    Permission.FINDING_REMEDY: _give(OWN, LO, FO, FD, DK, VP),
    Permission.FINDING_EXTEND_ASK: _give(OWN, VP, PR),
    Permission.FINDING_EXTEND: _give(F, OC, OH),
    Permission.FINDING_ACCEPT_MINOR: _give(OWN, VP, FD, PR) | _give(F, OC, OH),
    Permission.FINDING_ACCEPT: _give(F, OC, OH),
    Permission.FINDING_REOPEN: _give(F, OC, OH),
    Permission.FINDING_WITHDRAW: _give(F, OC, OH),
    Permission.FINDING_TOLERATE_ASK: _give(OWN, PR),
    Permission.FINDING_TOLERATE_PREPARE: _give(F, OC),
    Permission.FINDING_TOLERATE: _give(F, OH),
    Permission.INCIDENT_REPORT: EVERYBODY_AT_SCHOOL | _give(ABOVE, OC, OH, IN, IH, BL, SA),
    Permission.INCIDENT_FOLLOW_UP: _give(OWN, LO, VP, PR) | _give(F, OC, OH),
    Permission.INCIDENT_PASS_ON: _give(F | C, OC, OH),
    Permission.INCIDENT_RECTIFY: _give(F, OC, OH),
    Permission.INCIDENT_CLOSE: _give(F, OH),
    Permission.INCIDENT_SOFTEN_PROPOSE: _give(F | C, OC),
    Permission.INCIDENT_SOFTEN: _give(C, OH),
    Permission.INCIDENT_SOFTEN_PROVINCE: _give(P, OH),
    Permission.REPORT_ACT_DECIDE: _give(C | P, OH),
    Permission.GRADE_DECIDE_GENERAL: _give(F, OH),
    Permission.GRADE_DECIDE_LARGER: _give(C, OH),
    Permission.GRADE_DECIDE_MAJOR: _give(P, OH),
    Permission.RESPONSIBILITY_RECORD: _give(F, OC),
    Permission.RESPONSIBILITY_DECIDE: _give(F, OH),
    Permission.RESPONSIBILITY_DECIDE_LIGHT: _give(C, OH),
    Permission.VETO_PROPOSE: _give(F | C | P, OC),
    Permission.VETO_CONFIRM_GENERAL: _give(C, OH),
    Permission.VETO_CONFIRM_PROVINCE: _give(P, OH),
    Permission.VETO_CONFIRM_LEADER: _give(P, BL),
    Permission.VETO_LIFT: _give(C | P, OH),
    Permission.VETO_LIFT_LEADER: _give(C | P, BL),
    Permission.EVALUATION_RUN: _give(P, SA),
    Permission.EVALUATION_SEE: READERS,
    Permission.REPORT_SEE: _give(ABOVE, OC, OH, IN, IH, BL, SA, AU),
    Permission.REPORT_REISSUE: _give(P, OH, SA),
    Permission.PARAMETER_SET: _give(P, SA),
    Permission.PARAMETER_CONFIRM: _give(P, OH),
    Permission.JOB_VIEW: _give(ABOVE, SY, SA, AU),
    Permission.JOB_RERUN: _give(ABOVE, SY, SA),
    Permission.AUDIT_READ: _give(ABOVE, AU),
    Permission.EXPORT_VIEW: READERS,
}

RISING = frozenset(
    {
        Permission.SCHOOL_EDIT,
        Permission.SCHOOL_END,
        Permission.PLACE_CLOSE,
        Permission.CLOSURE_DECIDE,
        Permission.CLOSURE_DECIDE_LONG,
        Permission.CLOSURE_DECIDE_LATE,
        Permission.EXEMPTION_DECIDE,
        Permission.EXEMPTION_DECIDE_LATE,
        Permission.CHECK_RELEASE,
        Permission.CHECK_VOID,
        Permission.FINDING_EXTEND,
        Permission.FINDING_ACCEPT,
        Permission.FINDING_ACCEPT_MINOR,
        Permission.FINDING_WITHDRAW,
        Permission.FINDING_TOLERATE_PREPARE,
        Permission.FINDING_TOLERATE,
        Permission.INCIDENT_CLOSE,
        Permission.INCIDENT_SOFTEN,
        Permission.GRADE_DECIDE_GENERAL,
        Permission.GRADE_DECIDE_LARGER,
        Permission.RESPONSIBILITY_DECIDE,
        Permission.RESPONSIBILITY_DECIDE_LIGHT,
        Permission.VETO_CONFIRM_GENERAL,
    }
)
"""The rights of a second person at F or C: where that office has nobody for them, the one above acts (rights §1)."""


def roles_at(permission: Permission, level: Level) -> frozenset[Role]:
    """Return the roles to which a right is given at one level."""
    return frozenset(role for role, levels in GRANTS[permission].items() if level in levels)
