"""The checks of pip-variants: each works alone, and CI runs the same ones.

The set-up of a session installs from the package registry, so it follows the
pip configuration of whoever runs nox. The tests do not: they isolate themselves.
"""

import os
import pathlib
import shutil

import nox

nox.needs_version = ">=2025.2.9"
nox.options.default_venv_backend = "venv"
nox.options.reuse_venv = "yes"
nox.options.sessions = ["lint", "typing", "docs", "tests"]

PYPROJECT = nox.project.load_toml("pyproject.toml")

# Every pip that is supported, oldest first: the range in pyproject.toml.
PIPS = ["26.0", "26.1", "26.2", "26.3"]


def install(session: nox.Session, *args: str) -> None:
    """Install into the session's environment, with stock pip.

    The environment may hold an earlier and broken pip-variants, which must not
    stand in the way of the one that repairs it.
    """
    session.install(*args, env={"PIP_VARIANTS_OFF": "1"})


def group(name: str) -> list[str]:
    """Return the requirements of a dependency group.

    The pip that venv brings along may be too old to read groups itself.
    """
    return list(nox.project.dependency_groups(PYPROJECT, name))


def workers() -> str:
    """Return how many processes run tests: many wait, so one more than processors."""
    if hasattr(os, "sched_getaffinity"):
        return str(len(os.sched_getaffinity(0)) + 1)
    return str((os.cpu_count() or 1) + 1)


@nox.session
def tests(session: nox.Session) -> None:
    """Run the tests against the installed project."""
    install(session, ".", *group("test"))
    # Most tests wait for a pip that they started; a file stays in one process.
    session.run("pytest", "-n", workers(), "--dist", "loadfile", *session.posargs)


@nox.session
@nox.parametrize("pip", [nox.param(pip, id=pip) for pip in PIPS])
def seams(session: nox.Session, pip: str) -> None:
    """Check one supported pip: everything replaced in it, and a short trial."""
    install(session, ".", f"pip=={pip}.*", *group("test"))
    session.run("pytest", *(session.posargs or ["tests/seams"]))
    if not session.posargs:
        session.run("pytest", "tests/e2e", "-k", "smoke")


@nox.session
def coverage(session: nox.Session) -> None:
    """Run the tests and list the lines that they missed."""
    install(session, "-e", ".", *group("test"))
    session.run("coverage", "run", "-m", "pytest", *session.posargs)
    session.run("coverage", "report")


@nox.session
def peers(session: nox.Session) -> None:
    """Compare with the published tools: providers on many CPUs, and the command."""
    install(session, ".", *group("test"), *group("peers"))
    python = reference_tool(session)
    session.run(
        "pytest",
        *(session.posargs or ["tests/peers"]),
        env={"PIP_VARIANTS_REFERENCE_PYTHON": python},
    )


def reference_tool(session: nox.Session) -> str:
    """Install the published tool, whose command has the name of ours; return its Python."""
    folder = pathlib.Path(session.create_tmp()).absolute() / "reference"
    session.run("python", "-m", "venv", "--clear", str(folder), silent=True)
    scripts = "Scripts" if os.name == "nt" else "bin"
    python = str(folder / scripts / "python")
    session.run(
        *(python, "-m", "pip", "install", "--quiet", *group("reference")),
        external=True,
    )
    return python


def nginx(session: nox.Session) -> str | None:
    """Return where nginx is: this machine's, or a package of Debian, unpacked.

    None where there is neither; the tests that need it are then skipped.
    """
    found = shutil.which("nginx")
    if found or not (shutil.which("apt-get") and shutil.which("dpkg")):
        return found
    folder = pathlib.Path(session.create_tmp()).resolve() / "nginx"
    program = folder / "root" / "usr" / "sbin" / "nginx"
    if not program.exists():
        folder.mkdir(exist_ok=True)
        with session.chdir(folder):
            session.run(
                "sh",
                "-c",
                # The libraries that it needs, as this release of Debian calls them.
                "apt-get download nginx $(apt-cache depends nginx"
                " | sed -n 's/^ *Depends: \\(lib.*\\)/\\1/p' | grep -v '^libc6$')"
                ' && for package in *.deb; do dpkg -x "$package" root || exit; done',
                external=True,
                success_codes=[0, 1, 100],
            )
    return str(program) if program.exists() else None


@nox.session
def servers(session: nox.Session) -> None:
    """Serve an indexed folder with real servers, and install from them."""
    install(session, ".", *group("test"), *group("servers"))
    env = {"NGINX": nginx(session)}
    session.run("pytest", *(session.posargs or ["tests/servers"]), env=env)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style, format and the names of the news fragments."""
    install(session, *group("lint"))
    session.run("ruff", "check", *session.posargs)
    session.run("ruff", "format", "--check")
    session.run("towncrier", "build", "--draft", "--version=next", silent=True)


@nox.session
def typing(session: nox.Session) -> None:
    """Check the types of everything that is Python."""
    install(session, "-e", ".", *group("typing"))
    session.run("mypy", "--strict", *session.posargs)


@nox.session
def docs(session: nox.Session) -> None:
    """Build the documentation; a warning is an error."""
    install(session, ".", *group("docs"))
    # Everything is read anew, or warnings of unchanged pages would go unseen.
    session.run("sphinx-build", "-W", "-n", "-E", "docs", "build/docs")


@nox.session
def demo(session: nox.Session) -> None:
    """Install the project and run the embedded demo."""
    install(session, ".")
    session.run("pip", "variant", "demo", *session.posargs)


@nox.session
def bench(session: nox.Session) -> None:
    """Measure the budgets, as ratios."""
    install(session, ".", *group("bench"))
    session.run("python", "-m", "benchmarks", *session.posargs)


@nox.session(name="bench-check")
def bench_check(session: nox.Session) -> None:
    """Fail where a ratio is twice the recorded one."""
    install(session, ".", *group("bench"))
    session.run("python", "-m", "benchmarks", "--check", *session.posargs)


@nox.session
def faults(session: nox.Session) -> None:
    """Let everything go wrong on purpose, more often and longer than the tests do."""
    install(session, ".", *group("test"), *group("faults"))
    # Long files are shared out as well; neighbours stay together, with what they need.
    spread = ("-n", workers(), "--dist", "worksteal")
    named = any(each.startswith("tests/") for each in session.posargs)
    where = [] if named else ["tests/faults", "tests/property"]
    session.run("pytest", *spread, "--thorough", *where, *session.posargs)


@nox.session
def fuzz(session: nox.Session) -> None:
    """Look for input that breaks a parser: ten minutes, ``--seconds`` or ``--runs``."""
    install(session, ".", *group("test"), *group("fuzz"))
    session.run("python", "-m", "tests.faults.fuzz", *session.posargs)


@nox.session
def build(session: nox.Session) -> None:
    """Build the sdist, and the wheel from it, into dist/."""
    install(session, "build")
    session.run("python", "-m", "build", *session.posargs)
