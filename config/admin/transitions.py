"""The verbs of the services as actions of a list and buttons of a page."""

from functools import wraps

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from config.refusals import Refusal
from members.roles import Permission

REFUSALS_SHOWN = 5


def transition(label, *, permission: Permission, when=lambda row: True):
    """A verb of a service as a bulk action of the list (`actions`) and, while `when(row)`, a button of the row's page.

    The method gets (row, by=, at=); what it refuses becomes a warning line, the others are still done.
    """

    def decorate(verb):
        @admin.action(description=label)
        @wraps(verb)
        def run(self, request, queryset):
            done, refused, result = 0, [], None
            for row in queryset:
                try:
                    with transaction.atomic():
                        result = verb(self, row, by=request.user, at=timezone.now())
                    done += 1
                except (Refusal, ValidationError) as reason:
                    refused.append(f"{row}（{_words(reason)}）")
                except PermissionDenied:
                    refused.append(f"{row}（您没有这项权限）")
            _report(request, label, done, refused)
            return result

        run.label = label
        run.permission, run.when = permission, when
        return run

    return decorate


def _words(reason):
    return "".join(reason.messages) if isinstance(reason, ValidationError) else str(reason)


def _report(request, label, done, refused):
    """“3 件已办，1 件未办：…”: counts and the refusals in one line."""
    words = f"{label}：{done} 件已办"
    if refused:
        more = f"等 {len(refused)} 件" if len(refused) > REFUSALS_SHOWN else ""
        words += f"，{len(refused)} 件未办：{'；'.join(refused[:REFUSALS_SHOWN])}{more}"
    if done or refused:
        messages.add_message(request, messages.WARNING if refused else messages.SUCCESS, words + "。")
    else:
        messages.warning(request, "没有可办的事项，请刷新后再看。")
