"""News for apps above; sent inside the transaction, so that a failing listener undoes it."""

from django.dispatch import Signal

assignment_closed = Signal()  # assignment, by, at
assignment_returned = Signal()  # assignment, by, at
