"""What was built or served, with its photos, for one page or for a page of the public list."""

from collections import defaultdict
from collections.abc import Iterable

from config.uploads.models import Attachment
from proposals.models import MicroResult


def of_micros(micros: Iterable[int]) -> dict[int, list[MicroResult]]:
    """Micro-proposal → its results, the newest first, each with `photos`; two statements for many."""
    results = list(MicroResult.objects.filter(micro__in=list(micros)))
    photos = defaultdict(list)
    if results:
        files = Attachment.objects.filter(
            target_type=MicroResult._meta.label_lower, target_id__in=[str(result.pk) for result in results]
        )
        for file in files:
            photos[file.target_id].append(file)
    found = defaultdict(list)
    for result in results:
        result.photos = photos[str(result.pk)]
        found[result.micro_id].append(result)
    return found
