from celery import shared_task


@shared_task
def sweep():
    """Every half minute (config/celery.py): settle the milestones that are due."""
    from config.milestones import clock

    clock.sweep()
