"""From a bare Python to a working one: `.venv` from the lock file, then the same command again inside it.

Standard library only, because nothing else is there yet. An active virtual environment is left alone, and
`SHANGLIANG_BOOTSTRAP=0` switches all of it off (containers that install the lock file themselves).
"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
VENV = ROOT / ".venv"
STAMP = VENV / "installed-lock"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def ensure(argv):
    """Return when the dependencies are there; otherwise install them and start `argv` again, or exit with a hint."""
    if os.environ.get("SHANGLIANG_BOOTSTRAP") == "0":
        return
    inside_ours = Path(sys.prefix) == VENV
    if sys.prefix != sys.base_prefix and not inside_ours:
        if importlib.util.find_spec("django") is None:
            sys.exit(f"The active virtual environment lacks the dependencies: pip install -r {LOCK.name}")
        return
    lock = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    fresh = STAMP.is_file() and STAMP.read_text() == lock
    if fresh and inside_ours:
        return
    if not fresh:
        _install(lock)
    os.execv(PYTHON, [str(PYTHON), *argv])


def _install(lock):
    if sys.version_info < (3, 11):  # noqa: UP036  (the first thing that any Python runs)
        sys.exit("Python 3.11 or newer is needed.")
    print("Installing the locked dependencies into .venv (once, about half a minute) …", file=sys.stderr, flush=True)
    uv = shutil.which("uv")
    try:
        if uv:
            _run(uv, "venv", "--quiet", "--allow-existing", "--python", sys.executable, str(VENV))
            _run(uv, "pip", "install", "--quiet", "--require-hashes", "--python", str(PYTHON), "-r", str(LOCK))
        else:
            if not PYTHON.exists() or not _has_pip():
                _make_venv()
            _run(str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
                 "--require-hashes", "--only-binary", ":all:", "-r", str(LOCK))  # fmt: skip
    except subprocess.CalledProcessError as failure:
        sys.exit(
            f"Installing the dependencies failed ({failure}). Nothing else was changed; the next call tries again."
        )
    STAMP.write_text(lock)


def _make_venv():
    import venv

    try:
        venv.create(VENV, with_pip=True, clear=True)
    except (subprocess.CalledProcessError, ImportError):
        shutil.rmtree(VENV, ignore_errors=True)
        sys.exit("Python's venv module is missing here. On Debian or Ubuntu: apt-get install -y python3-venv")


def _has_pip():
    return subprocess.run([str(PYTHON), "-c", "import pip"], capture_output=True, check=False).returncode == 0


def _run(*command):
    subprocess.run(command, check=True)
