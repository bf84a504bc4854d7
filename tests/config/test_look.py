"""The design system keeps its promises: contrast by computing, no style or script that the policy would refuse."""

import re

import pytest
from django.conf import settings

CSS = settings.BASE_DIR / "config" / "static" / "css"
TEXT, EDGE = 4.5, 3.0  # WCAG 2.2 AA: text of normal size; borders of fields and other parts one must see
GROUNDS = ("ground", "surface", "sunken")
TONES = ("ok", "soon", "late", "closed", "info")


def schemes():
    light, dark = (CSS / "tokens.css").read_text().split("@media (prefers-color-scheme: dark)")
    found = [dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", part)) for part in (light, dark)]
    return {"light": found[0], "dark": found[0] | found[1]}


def luminance(colour):
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


PAIRS = [
    *((ink, ground, TEXT) for ink in ("ink", "ink-soft", "link", "accent-text") for ground in GROUNDS),
    *((tone, ground, TEXT) for tone in TONES for ground in GROUNDS),
    *((tone, f"{tone}-wash", TEXT) for tone in TONES),
    *(("ink", f"{tone}-wash", TEXT) for tone in TONES),
    ("accent-ink", "accent", TEXT),
    ("accent-ink", "accent-strong", TEXT),
    *((edge, ground, EDGE) for edge in ("edge", "focus") for ground in GROUNDS),
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_pair_of_colours_can_be_read(scheme):
    colours = schemes()[scheme]
    weak = [(a, b) for a, b, least in PAIRS if contrast(colours[a], colours[b]) < least]
    assert weak == []


def templates():
    return [path for path in (settings.BASE_DIR / "templates").rglob("*.html") if "documents" not in path.parts]


def test_no_template_has_a_style_or_script_of_its_own():
    inline = re.compile(r"<style|<script(?![^>]*\bsrc=)|\sstyle=|\son[a-z]+=|href=\"javascript:", re.IGNORECASE)
    assert [str(path) for path in templates() if inline.search(path.read_text())] == []


def test_nothing_comes_from_another_server():
    assets = [*templates(), *CSS.glob("*.css"), settings.BASE_DIR / "config" / "static" / "js" / "app.js"]
    outside = re.compile(r"(?:src|href|action|url\()=?[\"'(]?(?:https?:)?//")
    assert [str(path) for path in assets if outside.search(path.read_text())] == []


def test_everything_vendored_has_its_licence_beside_it():
    vendored = [path for path in (settings.BASE_DIR / "config" / "static" / "vendor").iterdir() if path.is_dir()]
    assert [path.name for path in vendored if not (path / "LICENSE").is_file()] == []
    notices = (settings.BASE_DIR / "docs" / "notices.md").read_text()
    assert [path.name for path in vendored if f"config/static/vendor/{path.name}/" not in notices] == []
