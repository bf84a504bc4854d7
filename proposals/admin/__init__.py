"""The office's lists of this app; importing a module registers them."""

from proposals.admin import appraisals, handing, information, led, matters, proposals, showcase, supervision

__all__ = ["appraisals", "handing", "information", "led", "matters", "proposals", "showcase", "supervision"]
