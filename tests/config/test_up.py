"""One command runs everything: it starts, heals itself, ends without leaving anybody behind."""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from django.conf import settings as site

from config.management.commands import up

ROOT = Path(site.BASE_DIR)
linux = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def until(condition, seconds, what):
    """The first true answer of `condition`."""
    deadline = time.monotonic() + seconds
    while not (answer := condition()):
        assert time.monotonic() < deadline, f"{what}: not within {seconds} s"
        time.sleep(0.1)
    return answer


def get(address):
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)
    except OSError:
        return 0, {}


def processes_of(mark):
    """{pid: command line} of everything that was started with `mark` in its environment."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if mark.encode() in (folder / "environ").read_bytes():
                found[int(folder.name)] = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
    return {pid: command for pid, command in found.items() if command}  # a zombie has none


# --- the supervisor alone ----------------------------------------------------------------------------------------

HARNESS = """
import sys
from config.supervisor import Supervisor
commands = {f"child {i}": [sys.executable, "-c", code] for i, code in enumerate(sys.argv[1:])}
say = lambda words: print(words, flush=True)
Supervisor(commands, cwd=".", say=say).run(is_up=lambda: True, announce=lambda: say("up"))
"""
SLEEP = "import time; time.sleep(600)"
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(600)"
)
PARENT = f"import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', {SLEEP!r}]); time.sleep(600)"


@pytest.fixture
def supervise(tmp_path):
    """`supervise(*programs)` runs these Python programs under a supervisor."""
    mark = f"SUPERVISED={tmp_path}"
    started = []

    def begin(*programs):
        process = subprocess.Popen(
            [sys.executable, "-c", HARNESS, *programs], cwd=ROOT, stdout=subprocess.PIPE, text=True,
            env={**os.environ, "SUPERVISED": str(tmp_path)},
        )  # fmt: skip
        started.append(process)
        return process, lambda: {pid: line for pid, line in processes_of(mark).items() if pid != process.pid}

    yield begin
    for pid in processes_of(mark):
        os.kill(pid, signal.SIGKILL)
    for process in started:
        process.wait()
        process.stdout.close()


@linux
def test_a_child_that_dies_is_started_again(supervise):
    process, children = supervise(SLEEP)
    (first,) = until(children, 10, "first start")
    os.kill(first, signal.SIGKILL)
    (second,) = until(lambda: set(children()) - {first}, 10, "second start")
    process.terminate()
    assert (process.wait(10), children(), second != first) == (0, {}, True)
    assert process.stdout.read().splitlines() == ["up", "child 0 意外退出(-9),1 秒后重新启动", "正在停止 …"]


@linux
def test_a_child_that_keeps_dying_is_started_ever_more_slowly(supervise):
    process, _ = supervise("raise SystemExit(3)")
    lines = [process.stdout.readline() for _ in range(3)]
    process.terminate()
    assert lines[1:] == ["child 0 意外退出(3),1 秒后重新启动\n", "child 0 意外退出(3),2 秒后重新启动\n"]
    assert process.wait(10) == 0


@linux
def test_what_a_dead_child_had_started_is_ended_too(supervise):
    process, children = supervise(PARENT)
    until(lambda: len(children()) == 2, 10, "child and grandchild")
    before = set(children())
    os.kill(min(before), signal.SIGKILL)
    until(lambda: len(children()) == 2 and not before & set(children()), 10, "a new pair")
    process.terminate()
    assert (process.wait(10), children()) == (0, {})


@linux
def test_a_second_signal_does_not_wait_for_the_deaf(supervise):
    process, children = supervise(STUBBORN)
    assert {process.stdout.readline(), process.stdout.readline()} == {"up\n", "deaf\n"}
    process.terminate()
    assert process.stdout.readline() == "正在停止 …\n"
    process.send_signal(signal.SIGINT)
    assert (process.wait(5), children()) == (0, {})


@linux
def test_children_end_when_their_supervisor_is_killed(supervise):
    process, children = supervise(SLEEP, SLEEP)
    until(lambda: len(children()) == 2, 10, "start")
    process.kill()
    until(lambda: not children(), 10, "end of the children")


# --- the command -------------------------------------------------------------------------------------------------


@pytest.fixture
def environment(tmp_path):
    """A production of its own in one folder: no demo data, no outside service."""
    return {
        **os.environ,
        "DATA_DIR": str(tmp_path),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'up.sqlite3'}",
        "REDIS_URL": "",
        "ENVIRONMENT": "production",
        "SECRET_KEY": "for-this-test-only-" + "x" * 50,
        "ALLOWED_HOSTS": "127.0.0.1",
        "SHANGLIANG_BOOTSTRAP": "0",
    }


def start(environment, port):
    command = [sys.executable, "manage.py", "up", "--port", str(port)]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)


@linux
def test_up(environment, tmp_path):
    port, mark = free_port(), f"DATA_DIR={tmp_path}"
    address = f"http://127.0.0.1:{port}"
    process = start(environment, port)
    try:
        until(lambda: get(f"{address}/healthz") == (200, {"status": "ok"}), 600, "the site")
        until(lambda: get(f"{address}/readyz")[0] == 200, 180, "the first sweep")

        second = subprocess.run(
            [sys.executable, "manage.py", "up", "--port", str(port)],
            cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert (second.returncode, second.stderr) == (
            1, f"CommandError: 端口 {port} 已被占用。可以换一个端口:python3 manage.py up --port {port + 1}\n",
        )  # fmt: skip

        workers = {pid for pid, command in processes_of(mark).items() if "config.celery worker" in command}
        main, killed_at = min(workers), time.monotonic()
        os.kill(main, signal.SIGKILL)
        swept = lambda: get(f"{address}/readyz")[1]["last_sweep"] < time.monotonic() - killed_at  # noqa: E731
        until(swept, 180, "a sweep by the new worker")
        assert not workers & set(processes_of(mark))
    finally:
        process.terminate()
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert processes_of(mark) == {}
    assert output.splitlines()[-1] == "已全部停止。"
    assert f"商量已启动：{address}/   (按 Ctrl-C 停止)" in output.splitlines()
    with sqlite3.connect(tmp_path / "up.sqlite3") as database:
        assert database.execute("SELECT COUNT(*) FROM members_user").fetchone() == (0,)
    database.close()


# --- its pieces --------------------------------------------------------------------------------------------------


def test_static_files_are_collected_again_only_when_one_has_changed(settings, tmp_path):
    source = tmp_path / "source"
    source.mkdir()
    (source / "own.css").write_text("a {}")
    settings.DATA_DIR, settings.STATIC_ROOT, settings.STATICFILES_DIRS = tmp_path, tmp_path / "static", [source]
    collected = tmp_path / "static" / "own.css"

    up.collect_static()
    collected.unlink()
    up.collect_static()
    assert not collected.exists()

    (source / "own.css").write_text("b { }")
    up.collect_static()
    assert collected.read_text() == "b { }"


def test_the_table_of_accounts_lines_up_in_two_widths():
    assert up.table(("身份", "用户名"), [("委员", "wang"), ("工作人员", "li")]) == (
        "身份      用户名\n委员      wang\n工作人员  li"
    )
