"""The first call on a machine: what it says where it cannot help, and what it leaves alone."""

import subprocess
import sys
import venv

from config import bootstrap


def run(python, *words, **env):
    command = [str(python), "manage.py", *words]
    return subprocess.run(command, cwd=bootstrap.ROOT, env=env, capture_output=True, text=True, check=False)


def test_an_active_environment_is_left_alone_and_told_what_it_lacks(tmp_path):
    venv.create(tmp_path / "own", with_pip=False)
    before = sorted((tmp_path / "own").rglob("*"))
    answer = run(tmp_path / "own" / "bin" / "python", "check")
    assert answer.returncode == 1
    assert answer.stderr == "The active virtual environment lacks the dependencies: pip install -r requirements.lock\n"
    assert [path for path in sorted((tmp_path / "own").rglob("*")) if "__pycache__" not in path.parts] == before


def test_it_can_be_switched_off(tmp_path):
    answer = run(sys._base_executable, "check", SHANGLIANG_BOOTSTRAP="0", PYTHONPATH=":".join(sys.path))
    assert "Installing" not in answer.stderr


def test_the_lock_pins_every_package_with_hashes_and_names_no_host():
    lines = bootstrap.LOCK.read_text().splitlines()
    pins = [line for line in lines if line and not line.startswith((" ", "#"))]
    assert pins
    assert all("==" in pin and pin.endswith("\\") for pin in pins)
    assert not any("://" in line for line in lines)


def test_the_first_module_needs_nothing_that_is_not_there_yet():
    code = "import sys; sys.path[:] = [p for p in sys.path if 'site-packages' not in p]; import config.bootstrap"
    answer = subprocess.run(
        [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {str(bootstrap.ROOT)!r}); {code}"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert answer.stderr == ""
