"""Who may do what: permissions and roles are code, who holds a role where is a RoleGrant row."""

from dataclasses import dataclass
from enum import StrEnum

from django.db import models


class Permission(StrEnum):
    """One thing that a person may do; asked by the rules of each app."""

    OFFICE_WORK = "office_work"  # 进入工作后台
    PEOPLE_MANAGE = "people_manage"  # 管理委员、机构、授权
    REFERENCE_MANAGE = "reference_manage"  # 管理参数、规程、节假日等
    MICRO_VIEW = "micro_view"  # 查看本会微建议
    MICRO_REVIEW = "micro_review"  # 三办联审出具意见
    MATTER_ASSIGN = "matter_assign"  # 交办、改办
    MATTER_VIEW = "matter_view"  # 查看本会交办件
    MATTER_HANDLE = "matter_handle"  # 承办：签收、拟办、答复
    MATTER_SIGN = "matter_sign"  # 签发答复、定五定
    MATTER_SUPERVISE = "matter_supervise"  # 督办、审批延期、核实落实
    PLAN_MANAGE = "plan_manage"  # 编制年度协商计划
    PLAN_ISSUE = "plan_issue"  # 三办联合印发
    CONSULTATION_MANAGE = "consultation_manage"  # 组织协商活动
    STATION_MANAGE = "station_manage"  # 管理委员工作室
    REMINDER_VIEW = "reminder_view"  # 查看提醒台账
    TOP_REMINDER = "top_reminder"  # 接收最高一级的提醒
    AUDIT_VIEW = "audit_view"  # 查看操作留痕
    DUTY_MANAGE = "duty_manage"  # 管理履职活动、任务、定额和考评
    DUTY_CONFIRM = "duty_confirm"  # 复核履职申报（不能复核自己登记的）
    DUTY_LOOK_AFTER = "duty_look_after"  # 管理本机构委员的日常履职
    PROPOSAL_VIEW = "proposal_view"  # 查看本会提案
    PROPOSAL_REVIEW = "proposal_review"  # 审查立案、遴选、公开提案
    PROPOSAL_SPEAK = "proposal_speak"  # 代表党派团体提交提案
    INFORMATION_VIEW = "information_view"  # 查看本会社情民意信息
    INFORMATION_EDIT = "information_edit"  # 登记、采编、报送信息，登记批示
    INFORMATION_SIGN = "information_sign"  # 签发社情民意信息


class Scope(models.TextChoices):
    """What a role is held for."""

    COMMITTEE = "committee", "政协委员会"
    ORGANISATION = "organisation", "单位"
    BODY = "body", "机构"


@dataclass(frozen=True)
class RoleSpec:
    label: str
    description: str
    scope: Scope
    permissions: frozenset[Permission]


P = Permission


class Role(models.TextChoices):
    OFFICE_STAFF = "office_staff", "政协办工作人员"
    PROPOSAL_STAFF = "proposal_staff", "提案委工作人员"
    CHAIR = "chair", "主席会议成员"
    OFFICE_REVIEWER = "office_reviewer", "三办联审人员"
    SUPERVISOR = "supervisor", "督查室人员"
    UNIT_LEADER = "unit_leader", "承办单位负责人"
    UNIT_HANDLER = "unit_handler", "承办人"
    AUDITOR = "auditor", "审计员"
    TOWN_SECRETARY = "town_secretary", "政协秘书"
    SPEAKER = "speaker", "党派团体提案联系人"


ROLES: dict[str, RoleSpec] = {
    Role.OFFICE_STAFF: RoleSpec(
        "政协办工作人员",
        "管理委员、计划、协商活动和工作室，办理日常事务",
        Scope.COMMITTEE,
        frozenset(
            {P.OFFICE_WORK, P.PEOPLE_MANAGE, P.REFERENCE_MANAGE, P.MICRO_VIEW, P.MATTER_ASSIGN, P.MATTER_VIEW,
             P.MATTER_SUPERVISE, P.PLAN_MANAGE, P.CONSULTATION_MANAGE, P.STATION_MANAGE, P.REMINDER_VIEW,
             P.DUTY_MANAGE, P.DUTY_CONFIRM, P.PROPOSAL_VIEW, P.PROPOSAL_REVIEW, P.INFORMATION_VIEW, P.INFORMATION_EDIT}
        ),
    ),
    Role.PROPOSAL_STAFF: RoleSpec(
        "提案委工作人员",
        "审查、交办、督办提案和微建议，采编社情民意",
        Scope.COMMITTEE,
        frozenset(
            {P.OFFICE_WORK, P.MICRO_VIEW, P.MATTER_ASSIGN, P.MATTER_VIEW, P.MATTER_SUPERVISE, P.REMINDER_VIEW,
             P.DUTY_CONFIRM, P.PROPOSAL_VIEW, P.PROPOSAL_REVIEW, P.INFORMATION_VIEW, P.INFORMATION_EDIT}
        ),
    ),
    Role.CHAIR: RoleSpec(
        "主席会议成员",
        "查看全局，签发社情民意信息，接收最高一级的提醒",
        Scope.COMMITTEE,
        frozenset(
            {P.OFFICE_WORK, P.MICRO_VIEW, P.MATTER_VIEW, P.REMINDER_VIEW, P.TOP_REMINDER, P.PROPOSAL_VIEW,
             P.INFORMATION_VIEW, P.INFORMATION_SIGN}
        ),
    ),
    Role.OFFICE_REVIEWER: RoleSpec(
        "三办联审人员",
        "代表党委办、政府办或政协办出具联审意见，参与联合印发",
        Scope.ORGANISATION,
        frozenset({P.MICRO_REVIEW, P.PLAN_ISSUE}),
    ),
    Role.SUPERVISOR: RoleSpec(
        "督查室人员",
        "督办逾期事项，审批延期，核实落实",
        Scope.COMMITTEE,
        frozenset({P.OFFICE_WORK, P.MATTER_VIEW, P.MATTER_SUPERVISE, P.REMINDER_VIEW, P.PROPOSAL_VIEW}),
    ),
    Role.UNIT_LEADER: RoleSpec(
        "承办单位负责人",
        "签收、指定承办人、签发答复",
        Scope.ORGANISATION,
        frozenset({P.MATTER_HANDLE, P.MATTER_SIGN}),
    ),
    Role.UNIT_HANDLER: RoleSpec(
        "承办人",
        "办理交办件，起草答复",
        Scope.ORGANISATION,
        frozenset({P.MATTER_HANDLE}),
    ),
    Role.AUDITOR: RoleSpec(
        "审计员",
        "只读查看本会操作留痕",
        Scope.COMMITTEE,
        frozenset({P.OFFICE_WORK, P.AUDIT_VIEW, P.REMINDER_VIEW}),
    ),
    Role.TOWN_SECRETARY: RoleSpec(
        "政协秘书",
        "管理本联络组、本履职小组委员的日常履职：活动、考勤和任务",
        Scope.BODY,
        frozenset({P.DUTY_LOOK_AFTER}),
    ),
    Role.SPEAKER: RoleSpec(
        "党派团体提案联系人",
        "以本党派、本团体的名义提交提案，评价答复",
        Scope.ORGANISATION,
        frozenset({P.PROPOSAL_SPEAK}),
    ),
}  # fmt: skip


def roles_with(permission: Permission, scope: Scope | None = None) -> list[str]:
    """Names of the roles that carry `permission`, of one scope or of any."""
    return [role for role, spec in ROLES.items() if permission in spec.permissions and scope in (None, spec.scope)]
