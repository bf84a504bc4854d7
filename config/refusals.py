"""What a service says when it cannot do what was asked: a Chinese sentence fit for the person who asked."""


class Refusal(Exception):
    """The request is understood and refused; nothing was changed."""


class WrongState(Refusal):
    """Somebody was faster, or the verb does not fit the state the matter is in."""


class Incomplete(Refusal):
    """Something required is missing; `fields` maps the field's name to what is wrong with it."""

    def __init__(self, message: str, fields: dict[str, str] | None = None):
        super().__init__(message)
        self.fields = fields or {}
