"""The doors of the API: which questions are understood, who may ask, and how an answer may be kept."""

from hashlib import blake2b

from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_vary_headers
from rest_framework.exceptions import ValidationError
from rest_framework.generics import get_object_or_404
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from config.rest.permissions import ReadPublic
from config.rest.rows import given
from config.rest.schema import Operations


class Door(APIView):
    """Refuses unknown parameters, and tells keepers of copies the truth.

    A public answer to a visitor may be kept and is asked for again each time; the tag is a digest of the answer
    itself, so that no write can be missed. Every other answer is nobody's to keep.
    """

    schema = Operations()
    http_method_names = ["get", "head", "post", "delete"]

    def parameters(self) -> set[str]:
        """The query parameters that this request may have."""
        return set()

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        known = self.parameters()
        if unknown := sorted(set(request.query_params) - known):
            offered = f"可用的参数：{'、'.join(sorted(known))}。" if known else "这个地址没有参数。"
            raise ValidationError({name: [f"没有这个参数。{offered}"] for name in unknown})

    def finalize_response(self, request, response, *args, **kwargs):
        response = super().finalize_response(request, response, *args, **kwargs)
        patch_vary_headers(response, ["Authorization", "Cookie"])
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = (
                "public, max-age=0, must-revalidate" if self._for_everybody(request) else "private, no-store"
            )
        if request.method in ("GET", "HEAD") and response.status_code == 200 and not response.streaming:
            return _tagged(request._request, response)
        return response

    def _for_everybody(self, request) -> bool:
        return ReadPublic in self.permission_classes and not request.user.is_authenticated


def _tagged(request, response):
    if isinstance(response, Response):
        response.add_post_render_callback(lambda rendered: _unless_known(request, rendered))
        return response
    return _unless_known(request, response)


def _unless_known(request, response):
    """304 in place of `response` when the asker has it already."""
    response["ETag"] = f'"{blake2b(response.content, digest_size=16).hexdigest()}"'
    return get_conditional_response(request, etag=response["ETag"], response=response)


class Resource(Door, GenericViewSet):
    """List and detail of the rows of `model` that the asker may see."""

    model = None
    noun = ""  # what the reference calls it
    about = ""
    row = None  # the shape in a list
    whole = None  # the shape of one, where it has more
    ordering = "-id"

    def get_queryset(self):
        return self.model.objects.visible_to(self.request.user)

    def get_object(self):
        return get_object_or_404(self.get_queryset(), **{self.lookup_field: self.kwargs[self.lookup_field]})

    def get_serializer_class(self):
        return self.whole or self.row if self.action == "retrieve" else self.row

    def parameters(self):
        if self.action != "list":
            return set()
        filters = self.filterset_class.base_filters if getattr(self, "filterset_class", None) else ()
        pages = self.pagination_class
        return {*filters, pages.cursor_query_param, pages.page_size_query_param}

    def list(self, request, *args, **kwargs):
        found = self.filter_queryset(self.get_queryset())
        columns = {self.ordering.lstrip("-"), *self.row.columns().values()}
        page = self.paginate_queryset(found.values(*columns))
        return self.get_paginated_response(self.row.read(page, request.user))

    def retrieve(self, request, *args, **kwargs):
        return self.answer(kwargs[self.lookup_field])

    def do(self, verb, shape=None) -> Response:
        """Find the object, read the body in `shape`, call the service; in this order nobody learns what is hidden."""
        thing = self.get_object()
        said = given(shape, self.request) if shape else {}
        verb(thing, by=self.request.user, at=timezone.now(), **said)
        return self.answer(self.kwargs[self.lookup_field])

    def answer(self, key, **more) -> Response:
        """The whole of one row, as it is now."""
        shape = self.whole or self.row
        found = self.get_queryset().values(*shape.columns().values())
        record = get_object_or_404(found, **{self.lookup_field: key})
        return Response(shape.read([record], self.request.user)[0], **more)
