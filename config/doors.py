"""How a page door translates what a service says."""

from django.contrib import messages

from config.refusals import Incomplete, Refusal


def attempt(request, do, *, success: str = "", form=None):
    """Call `do`: its result, or None after a Refusal was told, at the form's fields where it names them."""
    try:
        result = do()
    except Incomplete as refusal:
        unnamed = dict(refusal.fields)
        if form is not None:
            for name in list(unnamed):
                if name in form.fields:
                    form.add_error(name, unnamed.pop(name))
        if form is None or (refusal.fields and unnamed) or not refusal.fields:
            messages.error(request, str(refusal))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        if success:
            messages.success(request, success)
        return True if result is None else result
    return None
