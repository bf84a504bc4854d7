"""Pages of a list: by key (no count, no offset, stable while rows are added), or counted off where none is."""

from dataclasses import dataclass

from django.db.models import QuerySet


@dataclass(frozen=True)
class Page:
    rows: list
    next_url: str  # older rows; empty on the last page
    previous_url: str  # newer rows; empty on the first page
    total_text: str

    def __iter__(self):
        return iter(self.rows)

    def __len__(self):
        return len(self.rows)


def keyset(queryset: QuerySet, request, per_page: int = 20) -> Page:
    """The rows, newest first, that the address asks for by `before` or `after` a key; its other parts are kept."""
    before, after = _key(request, "before"), _key(request, "after")
    if after:
        newer = list(queryset.filter(pk__gt=after).order_by("pk")[: per_page + 1])
        if len(newer) > per_page:
            return _page(request, newer[:per_page][::-1], older=True, newer=True)
        before = None  # back at the top: show the newest page whole
    found = list((queryset.filter(pk__lt=before) if before else queryset).order_by("-pk")[: per_page + 1])
    return _page(request, found[:per_page], older=len(found) > per_page, newer=bool(before))


def numbered(rows: list, request, per_page: int = 30) -> Page:
    """The page of `rows` that the address asks for by `page`: for an order that is computed and has no key."""
    given = request.GET.get("page", "")
    number = max(1, int(given)) if given.isascii() and given.isdigit() and len(given) < 6 else 1
    start = (number - 1) * per_page

    def address(other):
        query = request.GET.copy()
        query["page"] = other
        return f"?{query.urlencode()}"

    return Page(
        rows=rows[start : start + per_page],
        next_url=address(number + 1) if len(rows) > start + per_page else "",
        previous_url=address(number - 1) if number > 1 else "",
        total_text=f"共 {len(rows)} 个",
    )


def _page(request, rows, *, older, newer) -> Page:
    return Page(
        rows=rows,
        next_url=_address(request, before=rows[-1].pk) if older else "",
        previous_url=_address(request, after=rows[0].pk if rows else None) if newer else "",
        total_text=f"本页 {len(rows)} 条" if older or newer else f"共 {len(rows)} 条",
    )


def _key(request, name) -> int | None:
    value = request.GET.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 19 else None


def _address(request, **keys) -> str:
    query = request.GET.copy()
    for name in ("before", "after"):
        query.pop(name, None)
    query.update({name: value for name, value in keys.items() if value})
    return f"?{query.urlencode()}"
