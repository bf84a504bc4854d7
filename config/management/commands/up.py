"""`manage.py up`: set everything up, then run the web server, the worker and its clock until Ctrl-C."""

import errno
import hashlib
import http.client
import socket
import sys
import unicodedata
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from config.demo import accounts
from config.supervisor import Supervisor


class Command(BaseCommand):
    help = "Set up the database, static files, reference and demo data, then run web server, worker and beat."

    def add_arguments(self, parser):
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--bind", default="127.0.0.1")
        parser.add_argument("--workers", type=int, default=1, help="web server processes, of four threads each")

    def handle(self, *, port, bind, workers, **options):
        _refuse_busy_port(bind, port)
        self._prepare()
        host = "127.0.0.1" if bind in {"0.0.0.0", "::"} else bind
        Supervisor(_commands(bind, port, workers), cwd=settings.BASE_DIR, say=self._say).run(
            is_up=lambda: _answers(host, port), announce=lambda: self._announce(f"http://{_bracketed(host)}:{port}")
        )
        self._say("已全部停止。")

    def _say(self, words):
        self.stdout.write(words)
        self.stdout.flush()

    def _prepare(self):
        self._say("准备数据库 …")
        call_command("migrate", interactive=False, verbosity=0)
        collect_static()
        self._say("载入基础数据 …")
        call_command("load_reference", verbosity=0)
        if not settings.PRODUCTION:
            self._say("载入演示数据 …")
            call_command("load_demo", verbosity=0)
        self._say("启动 …")

    def _announce(self, address):
        self._say(f"\n商量已启动：{address}/   (按 Ctrl-C 停止)\n")
        if not settings.PRODUCTION:
            self._say(table(("身份", "用户名", "密码", "先试试"), accounts.TABLE))


def _commands(bind, port, workers):
    python = [sys.executable, "-m"]
    celery = [*python, "celery", "--quiet", "-A", "config.celery"]
    return {
        "网站": [
            *python, "gunicorn", "config.wsgi", "--bind", f"{_bracketed(bind)}:{port}", "--worker-class", "gthread",
            "--workers", str(workers), "--threads", "4", "--graceful-timeout", "10", "--log-level", "warning",
        ],
        "后台任务": [
            *celery, "worker", "--concurrency", "2", "--loglevel", "WARNING", "--without-gossip", "--without-mingle",
        ],
        "定时": [*celery, "beat", "--loglevel", "WARNING"],
    }  # fmt: skip


def _bracketed(host):
    return f"[{host}]" if ":" in host else host


def _refuse_busy_port(bind, port):
    family = socket.AF_INET6 if ":" in bind else socket.AF_INET
    try:
        socket.create_server((bind, port), family=family).close()
    except OSError as problem:
        if problem.errno == errno.EADDRINUSE:
            raise CommandError(f"端口 {port} 已被占用。可以换一个端口:python3 manage.py up --port {port + 1}") from None
        raise CommandError(f"不能在 {bind}:{port} 上提供服务：{problem.strerror}") from None


def collect_static():
    """Collect and compress the static files, unless none has changed since the last time."""
    stamp, digest = (
        Path(settings.DATA_DIR) / "static-stamp",
        hashlib.sha256(settings.STORAGES["staticfiles"]["BACKEND"].encode()),
    )
    for finder in get_finders():
        for path, storage in finder.list([]):
            there = Path(storage.path(path)).stat()
            digest.update(f"{path} {there.st_size} {there.st_mtime_ns}\n".encode())
    if stamp.is_file() and stamp.read_text() == digest.hexdigest() and Path(settings.STATIC_ROOT).is_dir():
        return
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(digest.hexdigest())


def _answers(host, port):
    """Any answer will do, also that the site wants to be called by another name."""
    connection = http.client.HTTPConnection(host, port, timeout=1)
    try:
        connection.request("GET", "/healthz")
        return bool(connection.getresponse().status)
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def table(head, rows):
    """Columns as wide as their widest cell; a Chinese character takes two places."""
    rows = [head, *(tuple(map(str, row)) for row in rows)]
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def _width(text):
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
