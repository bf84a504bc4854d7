from celery import shared_task


@shared_task
def deliver():
    """Every minute (config/celery.py): send the notices that are to go out by e-mail."""
    from config.notices import outbox

    outbox.deliver()
