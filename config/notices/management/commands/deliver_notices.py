from django.core.management.base import BaseCommand

from config.notices import outbox


class Command(BaseCommand):
    help = "Send the notices that are to go out by e-mail, as the worker does every minute; safe to run at any time."

    def add_arguments(self, parser):
        parser.add_argument("--limit", type=int, default=200)

    def handle(self, *, limit, **options):
        post = outbox.deliver(limit=limit)
        self.stdout.write(f"已发送 {post.sent}，待重试 {post.failed}，已放弃 {post.dead} {post.unreachable}".rstrip())
