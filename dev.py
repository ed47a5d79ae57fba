#!/usr/bin/env python3
"""Set up this checkout and run it, with nothing but Python and its venv module.

    python3 dev.py demo [ARGS]   install the checkout, run "pip variant demo"
    python3 dev.py test [ARGS]   run the tests; ARGS go to pytest
    python3 dev.py nox [ARGS]    run any other session; -l lists them

Everything is kept in .venv-dev and .nox beside this file.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv-dev"
WINDOWS = os.name == "nt"
PYTHON = str(VENV / ("Scripts/python.exe" if WINDOWS else "bin/python"))


def is_ready() -> bool:
    """Tell whether the environment is there, whole and of this Python."""
    wanted = tuple(sys.version_info[:2])
    probe = f"import sys, pip; sys.exit(sys.version_info[:2] != {wanted})"
    try:
        subprocess.run([PYTHON, "-c", probe], stderr=subprocess.DEVNULL, check=True)
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


def install(requirement: str) -> None:
    """Install into the environment, which is made first if need be."""
    if not is_ready():
        print("Making", VENV, flush=True)
        shutil.rmtree(str(ROOT / ".nox"), ignore_errors=True)  # of another Python
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=True)
    print("Installing", requirement, flush=True)
    subprocess.run(
        [PYTHON, "-m", "pip", "install", "--quiet", requirement],
        # Stock pip: an earlier and broken pip-variants must not be in the way.
        env={**os.environ, "PIP_VARIANTS_OFF": "1"},
        check=True,
    )


def main(verb: str = "help", *rest: str) -> int:
    """Run one command and return its exit status."""
    if verb == "demo":
        install(str(ROOT))
        command = ["-m", "pip", "variant", "demo", *rest]
    elif verb == "test":
        install("nox")
        command = ["-m", "nox", "-s", "tests", "--", *rest]
    elif verb == "nox":
        install("nox")
        command = ["-m", "nox", *rest]
    else:
        print(__doc__)
        return 0 if verb in ("help", "-h", "--help") else 2
    return subprocess.run([PYTHON, *command], cwd=str(ROOT), check=False).returncode


if __name__ == "__main__":
    if sys.version_info < (3, 11):
        sys.exit(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}")
    try:
        sys.exit(main(*sys.argv[1:]))
    except subprocess.CalledProcessError as failed:
        sys.exit(f"This failed, and says why above: {' '.join(failed.cmd)}")
    except KeyboardInterrupt:
        sys.exit(130)
