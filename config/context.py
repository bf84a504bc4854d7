"""What every template may use."""

from config.accounts import wants_large_type


def site(request):
    return {"csp_nonce": getattr(request, "csp_nonce", ""), "large_type": wants_large_type(request)}
