"""A flood into anonymous boxes: `DATABASE_URL=… python tests/benchmarks/boxes.py [--letters 1000] [--boxes 5]`.

Starts the web server as `manage.py up` does, on an empty database of its own (SQLite in a temporary folder when no
DATABASE_URL is given), puts letters in from as many addresses within a minute, answers the question where one is asked,
and prints: how many were taken, asked, told to wait; whether every code that was shown leads to its letter, before and
after delivery; how long other pages took meanwhile.
"""

# ruff: noqa: E402
import argparse
import http.client
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ["DATA_DIR"] = tempfile.mkdtemp()
os.environ.setdefault("DATABASE_URL", f"sqlite:///{os.environ['DATA_DIR']}/boxes.sqlite3")

import django

django.setup()

from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from tests.factories import boxes as make
from tests.factories import members as people
from workstations.models import BoxBundle, Word
from workstations.services import boxes, words
from workstations.services.box_flood import DIGITS

MINUTE, READS = 60, 3.3  # seconds; a person needs longer than QUICKEST to write
OTHERS = ["/c/jiahe/", "/c/jiahe/stations/", "/c/jiahe/boxes/", "/login/"]
QUESTION = re.compile(r"请写出(.)加(.)等于几")


def ask(port, method, path, fields=None, number=0):
    """Status, page and seconds of one request from an address of its own."""
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    headers = {"X-Forwarded-For": f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"}
    if fields:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    began = time.perf_counter()
    link.request(method, path, urlencode(fields) if fields else None, headers)
    answer = link.getresponse()
    page = answer.read().decode()
    link.close()
    return answer.status, page, time.perf_counter() - began


def token_of(page):
    return re.search(r'name="token" value="([^"]+)"', page)[1]


def letter(port, box, number, begins, seen):
    """Opens the page, writes, puts in; answers a question; gives up when the box is busy."""
    time.sleep(max(0, begins + MINUTE * number / seen["letters"] - time.perf_counter()))
    path, fields = box.get_absolute_url(), {"body": f"第 {number} 号来信：村口的路灯坏了。", "place": "村口"}
    _, page, _ = ask(port, "GET", path, number=number)
    for _ in range(3):
        time.sleep(READS)
        asked = QUESTION.search(page)
        if asked:
            fields["answer"] = str(sum(DIGITS.index(sign) for sign in asked.groups()))
        status, page, took = ask(port, "POST", path, {**fields, "token": token_of(page)}, number)
        seen["took"].append(took)
        if receipt := re.search(r"\d{4} \d{4} \d{4} \d{4}", page):
            seen["receipts"].append((receipt[0], number))
            return "taken after a question" if asked else "taken"
        if "信箱现在很忙" in page:
            assert fields["body"] in page
            return "told to wait"
        if not QUESTION.search(page):
            return f"status {status}"
    return "gave up"


def look_elsewhere(port, times, over):
    while not over.is_set():
        for path in OTHERS:
            status, _, took = ask(port, "GET", path)
            assert status == 200, (path, status)
            times.append(took)
            time.sleep(0.1)


def serve():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread",
         "--threads", "4", "--log-level", "warning"],
        cwd=ROOT, env={**os.environ, "LOG_LEVEL": "ERROR"},
    )  # fmt: skip
    for _ in range(300):
        try:
            ask(port, "GET", "/healthz")
            return server, port
        except OSError:
            time.sleep(0.2)
    raise SystemExit("the server does not answer")


def p95(times):
    return statistics.quantiles(times, n=20)[-1]


def run(letters, number_of_boxes):
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    committee = people.committee(slug="jiahe")
    targets = [make.box(committee, f"意见箱{number}", at=timezone.now()) for number in range(number_of_boxes)]
    server, port = serve()
    seen, times, over = {"letters": letters, "receipts": [], "took": []}, [], threading.Event()
    try:
        for path in OTHERS:
            ask(port, "GET", path)
        begins = time.perf_counter()
        watcher = threading.Thread(target=look_elsewhere, args=(port, times, over))
        watcher.start()
        with ThreadPoolExecutor(200) as crowd:
            jobs = [
                crowd.submit(letter, port, targets[number % len(targets)], number, begins, seen)
                for number in range(letters)
            ]
            outcomes = Counter(job.result() for job in jobs)
        took = time.perf_counter() - begins
        over.set()
        watcher.join()
    finally:
        server.terminate()
        server.wait()
    report(outcomes, seen, times, took, committee)


def report(outcomes, seen, times, took, committee):
    days = [day for bundle in BoxBundle.objects.all() for day in bundle.letters.values()]
    lying = {digest: one["body"] for day in days for digest, one in day.items()}
    digests = {words.digest_of(code): number for code, number in seen["receipts"]}
    lost = [number for digest, number in digests.items() if f"第 {number} 号" not in lying.get(digest, "")]
    print(f"{connection.vendor}, {seen['letters']} letters begun in {MINUTE} s, done in {took:.0f} s,", end=" ")
    print(f"load {os.getloadavg()[0]:.1f}")
    print(f"  {dict(outcomes)}")
    print(f"  putting in: median {statistics.median(seen['took']):.2f} s, p95 {p95(seen['took']):.2f} s")
    print(f"  other pages: {len(times)} asked, median {statistics.median(times):.2f} s, p95 {p95(times):.2f} s")
    print(
        f"  codes shown {len(seen['receipts'])}, different {len(digests)}, letters lying {len(lying)}, lost {len(lost)}"
    )
    made = boxes.deliver(committee, at=timezone.now() + timedelta(days=1))
    found = Word.objects.filter(receipt__in=digests).count()
    print(f"  delivered {made}, of the codes shown {found} lead to a word")
    assert not lost
    assert found == len(digests) == made == len(lying)


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--letters", type=int, default=1000)
    arguments.add_argument("--boxes", type=int, default=5)
    given = arguments.parse_args()
    run(given.letters, given.boxes)
