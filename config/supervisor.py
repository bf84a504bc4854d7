"""Run several programs in one terminal: start again what dies, end all together. Knows nothing of this project."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field

PATIENCE = 12  # seconds between asking a program to end and ending it
SETTLED = 30  # seconds after which a start counts as a success
LONGEST_PAUSE = 30  # seconds between two starts of a program that keeps dying
TICK = 0.2  # seconds


@dataclass
class Child:
    name: str
    command: list[str]
    process: subprocess.Popen | None = field(default=None, init=False)
    started: float = field(default=0.0, init=False)
    start_at: float = field(default=0.0, init=False)
    deaths: int = field(default=0, init=False)

    def start(self, cwd):
        """In a session of its own, so that Ctrl-C reaches the supervisor alone and the whole family can be ended."""
        self.process = subprocess.Popen(self.command, cwd=cwd, start_new_session=True, preexec_fn=_die_with_parent)
        self.started = time.monotonic()

    def bury(self):
        """End what the dead one left behind; returns how long to wait before the next start, in seconds."""
        self.kill_family()
        self.deaths = 1 if time.monotonic() - self.started > SETTLED else self.deaths + 1
        pause = min(2 ** (self.deaths - 1), LONGEST_PAUSE)
        self.process, self.start_at = None, time.monotonic() + pause
        return pause

    def kill_family(self):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


class Supervisor:
    def __init__(self, commands: dict[str, list[str]], *, cwd, say: Callable[[str], None]):
        self.children = [Child(name, command) for name, command in commands.items()]
        self.cwd, self.say = cwd, say
        self.signals = 0

    def run(self, *, is_up: Callable[[], bool], announce: Callable[[], None]) -> None:
        """Keep all running until SIGTERM, SIGINT or SIGHUP; `announce` once, when `is_up` first says so."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        announced = False
        try:
            while not self.signals:
                self._tend()
                if not announced and is_up():
                    announce()
                    announced = True
                time.sleep(TICK)
        finally:
            self._end()

    def _on_signal(self, number, frame):
        self.signals += 1

    def _tend(self):
        for child in self.children:
            if child.process is None:
                if time.monotonic() >= child.start_at:
                    child.start(self.cwd)
            elif (code := child.process.poll()) is not None:
                self.say(f"{child.name} 意外退出({code}),{child.bury()} 秒后重新启动")

    def _end(self):
        """Ask all to end, wait, then insist; a second signal shortens the wait."""
        asked = self.signals  # before anything is said: whoever reads it may signal again at once
        self.say("正在停止 …")
        running = [child for child in self.children if child.process]
        for child in running:
            child.process.terminate()
        deadline = time.monotonic() + PATIENCE
        while any(child.process.poll() is None for child in running):
            if time.monotonic() > deadline or self.signals > max(asked, 1):
                break
            time.sleep(TICK)
        for child in running:
            child.kill_family()


_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def _die_with_parent():
    """On Linux a program is told to end when its supervisor is killed and cannot tell it any more."""
    if _libc:
        _libc.prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG
