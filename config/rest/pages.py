from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import CursorPagination


class CursorPages(CursorPagination):
    """Pages by key: no count, no offset. `view.ordering` is one unique column, newest first where not said."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 100
    page_size_query_description = "每页条数，1 到 100，默认 50。"
    cursor_query_description = "页的位置，取自上一次回答的 next 或 previous，原样带回。"

    def get_ordering(self, request, queryset, view):
        return (getattr(view, "ordering", "-id"),)

    def get_page_size(self, request):
        asked = request.query_params.get(self.page_size_query_param)
        if asked is None:
            return self.page_size
        if not (asked.isascii() and asked.isdigit() and len(asked) < 4 and 1 <= int(asked) <= self.max_page_size):
            raise ValidationError({self.page_size_query_param: f"请填 1 到 {self.max_page_size} 之间的整数。"})
        return int(asked)

    def decode_cursor(self, request):
        try:
            return super().decode_cursor(request)
        except NotFound:
            raise self._lost() from None

    def paginate_queryset(self, queryset, request, view=None):
        self.cursor = None
        try:
            return super().paginate_queryset(queryset, request, view)
        except ValueError:
            if self.cursor is None:
                raise
            raise self._lost() from None  # a key that somebody made up

    def get_paginated_response_schema(self, schema):
        link = {"type": "string", "format": "uri", "nullable": True}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": link, "previous": link, "results": schema},
        }

    def _lost(self):
        return ValidationError({self.cursor_query_param: "页的位置已失效，请从第一页开始。"})
