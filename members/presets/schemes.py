"""考评方案范本: published scoring tables as rows of no committee, copied by those who use them (domain 6.2)."""

import json
from pathlib import Path

from django.db import transaction

from members.models import ScoreScheme
from members.services.scoring.sharing import build, export_scheme

FILE = Path(__file__).parent.parent / "data" / "schemes.json"


@transaction.atomic
def load() -> None:
    """Add the presets that are missing and bring the others up to the file; copies are nobody's but their owner's."""
    there = {preset.name: preset for preset in ScoreScheme.objects.presets()}
    for payload in json.loads(FILE.read_text()):
        preset = there.get(payload["name"])
        if preset is None:
            build(payload, committee=None, year=None)
        elif export_scheme(preset) != _complete(payload):
            preset.delete()
            build(payload, committee=None, year=None)


def _complete(payload) -> dict:
    """As `export_scheme` tells it: every part is named."""
    return {"requirements": [], "bands": [], "ladder": [], **payload}
