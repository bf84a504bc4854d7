"""The OpenAPI description: Chinese words from the resource itself, the same problems everywhere."""

from drf_spectacular.contrib.knox_auth_token import KnoxTokenScheme
from drf_spectacular.openapi import AutoSchema

from config.rest.permissions import ReadPublic
from config.rest.problems import TITLES


class TokenScheme(KnoxTokenScheme):
    target_class = "config.rest.authentication.TokenAuthentication"


class Operations(AutoSchema):
    """A resource says what it is called (`noun`) and what to know about it (`about`)."""

    def get_auth(self):
        return [*super().get_auth(), *([{}] if ReadPublic in self.view.permission_classes else [])]

    def get_tags(self):
        return [self.view.noun]

    def get_summary(self):
        standard = {"list": f"{self.view.noun}列表", "retrieve": f"一项{self.view.noun}"}
        return standard.get(getattr(self.view, "action", "")) or super().get_summary()

    def get_description(self):
        return self.view.about if getattr(self.view, "action", "") == "list" else ""


PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer", "enum": list(TITLES)},
        "detail": {"type": "string", "description": "一句可以给人看的话"},
        "errors": {"type": "object", "additionalProperties": True, "description": "每一项有什么问题"},
    },
}


def with_problems(result, generator, request, public):
    """Hook of drf-spectacular: every operation may answer with problem details; our docstrings stay with us."""
    for shape in result["components"]["schemas"].values():
        if shape.get("type") == "object":
            shape.pop("description", None)
    result["components"]["schemas"]["Problem"] = PROBLEM
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for operations in result["paths"].values():
        for operation in operations.values():
            operation["responses"]["default"] = {"description": "没有照办，原因见正文", "content": content}
    return result
