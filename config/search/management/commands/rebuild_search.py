"""`manage.py rebuild_search [kind …]`: write every entry of the search index anew, while the site runs."""

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError

from config.search import index
from config.search.models import Searchable


class Command(BaseCommand):
    help = "Write the search entries of all searchable rows anew; may be stopped and started again at any time."

    def add_arguments(self, parser):
        parser.add_argument("kinds", nargs="*", metavar="app.model", help="only these; all when left out")

    def handle(self, *, kinds, **options):
        models = {model._meta.label_lower: model for model in apps.get_models() if issubclass(model, Searchable)}
        if unknown := set(kinds) - set(models):
            raise CommandError(f"不能搜索：{'、'.join(sorted(unknown))}。可选：{'、'.join(sorted(models))}")
        if not kinds:
            index.refill()
            index.forget_kinds_except(models)
        for kind in kinds or sorted(models):
            written, forgotten = index.rebuild(models[kind])
            self.stdout.write(f"{kind}：写入 {written} 条，清除 {forgotten} 条")
