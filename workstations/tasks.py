from celery import shared_task


@shared_task
def work_out_postings():
    """Every quarter of a minute (config/celery.py): take up the plans of postings that wait to be worked out."""
    from django.utils import timezone

    from workstations.services import posting_plans

    posting_plans.work_out_waiting(timezone.now())
