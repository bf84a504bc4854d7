from django.urls import path

from consultation.views import consultations, outcomes, plans, public, sessions, steps, topics

urlpatterns = [
    # for everybody
    path("c/<slug:slug>/plan/", public.plan_public, name="plan-public"),
    path("c/<slug:slug>/plan/<int:year>/", public.plan_public, name="plan-public-year"),
    path("c/<slug:slug>/plan/<int:year>/v<int:version>/", public.plan_public, name="plan-public-version"),
    path("c/<slug:slug>/plan/<int:year>/v<int:version>/plan.docx", public.plan_docx, name="plan-docx"),
    path("c/<slug:slug>/plan/<int:year>/v<int:version>/items.csv", public.plan_csv, name="plan-csv"),
    path("c/<slug:slug>/plan/<int:year>/items.ics", public.plan_ics, name="plan-ics"),
    path("c/<slug:slug>/consultations/", public.consultation_list, name="consultation-public-list"),
    path("c/<slug:slug>/consultations/<int:pk>/", public.consultation, name="consultation-public"),
    # members and staff
    path("topics/new/", topics.topic_new, name="topic-new"),
    path("topics/mine/", topics.topic_mine, name="topic-mine"),
    path("topics/<int:pk>/", topics.topic_detail, name="topic-detail"),
    path("office/topics/", topics.topic_list, name="topic-list"),
    path("office/topics/<int:pk>/decide/", topics.topic_decide, name="topic-decide"),
    # plans
    path("office/plans/", plans.plan_list, name="plan-list"),
    path("office/plans/new/", plans.plan_new, name="plan-new"),
    path("office/plans/<int:pk>/", plans.plan_detail, name="plan-detail"),
    path("office/plans/<int:pk>/edit/", plans.plan_edit, name="plan-edit"),
    path("office/plans/<int:pk>/items/new/", plans.item_new, name="plan-item-new"),
    path("office/plans/<int:pk>/items/<int:item>/", plans.item_edit, name="plan-item-edit"),
    path("office/plans/<int:pk>/items/<int:item>/move/", plans.item_move, name="plan-item-move"),
    path("office/plans/<int:pk>/items/<int:item>/drop/", plans.item_drop, name="plan-item-drop"),
    path("office/plans/<int:pk>/submit/", plans.plan_submit, name="plan-submit"),
    path("office/plans/<int:pk>/settle/", plans.plan_settle, name="plan-settle"),
    path("office/plans/<int:pk>/sign/", plans.plan_sign, name="plan-sign"),
    path("office/plans/<int:pk>/reopen/", plans.plan_reopen, name="plan-reopen"),
    path("office/plans/<int:pk>/issue/", plans.plan_issue, name="plan-issue"),
    path("office/plans/<int:pk>/adjust/", plans.adjustment_new, name="plan-adjust"),
    path("office/plans/<int:pk>/adjust/<int:adjustment>/decide/", plans.adjustment_decide, name="plan-adjust-decide"),
    path("office/plans/<int:pk>/adjust/<int:adjustment>/apply/", plans.adjustment_apply, name="plan-adjust-apply"),
    # steps of a plan or of a consultation
    path("office/steps/<int:pk>/finish/", steps.step_finish, name="step-finish"),
    path("office/steps/<int:pk>/skip/", steps.step_skip, name="step-skip"),
    # consultations
    path("office/consultations/", consultations.consultation_list, name="consultation-list"),
    path("office/consultations/new/", consultations.consultation_new, name="consultation-new"),
    path("office/consultations/<int:pk>/", consultations.consultation_detail, name="consultation-detail"),
    path("office/consultations/<int:pk>/edit/", consultations.consultation_edit, name="consultation-edit"),
    path("office/consultations/<int:pk>/start/", consultations.consultation_start, name="consultation-start"),
    path("office/consultations/<int:pk>/call-off/", consultations.consultation_call_off, name="consultation-call-off"),
    path("office/consultations/<int:pk>/archive/", consultations.consultation_archive, name="consultation-archive"),
    path("office/consultations/<int:pk>/sessions/new/", sessions.session_new, name="session-new"),
    path("office/consultations/<int:pk>/outcomes/new/", outcomes.outcome_new, name="outcome-new"),
    # sessions
    path("sessions/<int:pk>/", sessions.session_detail, name="session-detail"),
    path("office/sessions/<int:pk>/edit/", sessions.session_edit, name="session-edit"),
    path("office/sessions/<int:pk>/agenda/", sessions.session_agenda, name="session-agenda"),
    path("office/sessions/<int:pk>/invite/", sessions.session_invite, name="session-invite"),
    path("office/sessions/<int:pk>/people/<int:person>/remove/", sessions.session_uninvite, name="session-uninvite"),
    path("office/sessions/<int:pk>/attendance/", sessions.session_attendance, name="session-attendance"),
    path("office/sessions/<int:pk>/minutes/", sessions.session_minutes, name="session-minutes"),
    # outcomes and their tasks
    path("office/outcomes/", outcomes.outcome_list, name="outcome-list"),
    path("outcomes/<int:pk>/", outcomes.outcome_detail, name="outcome-detail"),
    path("office/outcomes/<int:pk>/classify/", outcomes.outcome_classify, name="outcome-classify"),
    path("office/outcomes/<int:pk>/route/", outcomes.outcome_route, name="outcome-route"),
    path("office/outcomes/<int:pk>/take-back/", outcomes.outcome_take_back, name="outcome-take-back"),
    path("outcomes/<int:pk>/look/", outcomes.outcome_look, name="outcome-look"),
    path("outcome-tasks/", outcomes.task_list, name="outcome-task-list"),
    path("outcome-tasks/<int:pk>/", outcomes.task_detail, name="outcome-task-detail"),
]
