"""``pip variant build`` with backends, folders and ends that nobody wishes for."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.e2e._build_project import Project
from tests.kit import SECONDS, Pip

TWO = """
[variant.matrix]
environment = { CUDA = "{cuda}" }

[variant.matrix.axes.cuda]
property = "nvidia :: cuda_version_lower_bound"
values = ["12.6", "13.0"]
"""
"""Two cells, a build each."""

SHARED = """
[variant.matrix.axes.level]
property = "x86_64 :: level"
values = ["v1", "v2", "v3"]
"""
"""Three cells out of one build."""

posix = pytest.mark.skipif(os.name == "nt", reason="needs signals")


@pytest.fixture
def project(tmp_path: Path, builder: Pip) -> Project:
    return Project(tmp_path / "project", builder, TWO)


def misbehave(project: Project, code: str) -> None:
    """Put code at the end of the backend, where it can replace hooks."""
    with (project.folder / "backend.py").open("a", encoding="utf-8") as stream:
        stream.write(f"\n{code}\n")


_ALL = """
def build_sdist(folder, settings=None):
    root = f"{NAME}-{VERSION}"
    egg = pathlib.Path("tiny.egg-info")
    egg.mkdir(exist_ok=True)
    files = [str(each) for each in pathlib.Path().rglob("*") if each.is_file()]
    (egg / "SOURCES.txt").write_text("\\n".join(sorted(files)))
    with tarfile.open(pathlib.Path(folder, f"{root}.tar.gz"), "w:gz") as archive:
        archive.add(".", root)
    return f"{root}.tar.gz"

_build_wheel = build_wheel
def build_wheel(folder, settings=None, metadata=None):
    seen = sorted(str(each) for each in pathlib.Path().rglob("*"))
    pathlib.Path(os.environ["SEEN"]).write_text(json.dumps(seen))
    return _build_wheel(folder, settings, metadata)
"""
"""As setuptools does with "graft .", and scikit-build-core by itself."""


@pytest.mark.parametrize("outdir", ["dist", ".", "wheels/of/it"])
def test_a_backend_that_packs_the_folder_of_the_wheels_builds_nothing_twice(
    project: Project, tmp_path: Path, outdir: str
) -> None:
    misbehave(project, _ALL)
    bundled = project.folder / outdir / "other-1.0-py3-none-any.whl"
    bundled.parent.mkdir(parents=True, exist_ok=True)
    bundled.write_bytes(b"")
    seen = tmp_path / "seen.json"
    project.document("-o", outdir, "--no-validate", SEEN=str(seen))
    again = project.document("-o", outdir, "--no-validate", SEEN=str(seen))
    assert [wheel["kept"] for wheel in again["wheels"]] == [True, True]
    # Nor does a build find the wheels of another; a wheel that is no such one, it does.
    project.document("-o", outdir, "--no-validate", "--fresh", SEEN=str(seen))
    files = [Path(each) for each in json.loads(seen.read_text())]
    assert [each.name for each in files if each.suffix == ".whl"] == [bundled.name]
    assert not [each for each in files if ".variant-build" in each.parts]


@pytest.mark.parametrize(
    "returned", ["None", "3", "['tiny-1.0-py3-none-any.whl']", "{}"]
)
def test_a_backend_that_returns_no_name_fails_alone(
    project: Project, returned: str
) -> None:
    misbehave(
        project,
        f"""
_build_wheel = build_wheel
def build_wheel(folder, settings=None, metadata=None):
    name = _build_wheel(folder, settings, metadata)
    return {returned} if os.environ["CUDA"] == "12.6" else name
""",
    )
    result = project.build().failed()
    assert "12.6 failed: the backend returned what no build backend" in result.err
    assert "Traceback" not in result.err
    assert set(project.wheels) == {"13.0"}


@pytest.mark.parametrize("returned", ["None", "3", "[{}]", "[None]"])
def test_a_backend_that_asks_for_no_requirements_at_all_fails_readably(
    project: Project, returned: str
) -> None:
    hook = "def get_requires_for_build_wheel(settings=None):\n"
    misbehave(project, f"{hook}    return {returned}\n")
    result = project.build().failed()
    assert "12.6 failed: the backend returned what no build backend" in result.err
    assert "Traceback" not in result.err


def test_a_log_that_a_backend_removed_does_not_end_the_run(project: Project) -> None:
    misbehave(
        project,
        """
_build_wheel = build_wheel
def build_wheel(folder, settings=None, metadata=None):
    if os.environ["CUDA"] == "12.6":
        import shutil
        shutil.rmtree(os.environ["OUTDIR"])
        sys.exit("all gone")
    return _build_wheel(folder, settings, metadata)
""",
    )
    result = project.build(OUTDIR=str(project.dist)).failed()
    assert "Its log cannot be read" in result.err
    assert set(project.wheels) == {"13.0"}


def test_the_log_of_a_build_is_shown_once(builder: Pip, tmp_path: Path) -> None:
    project = Project(tmp_path / "project", builder, SHARED)
    misbehave(project, "def build_wheel(*args): sys.exit('there is no compiler')")
    result = project.build().failed()
    assert result.err.count(" failed: ") == 3
    assert result.err.count("there is no compiler") == 1
    assert result.err.count("All of it is in ") == 1


@posix
@pytest.mark.parametrize(
    ("end", "told"),
    [
        ("os.kill(os.getpid(), 9)", "the backend was ended by signal 9 (Killed)"),
        ("os._exit(0)", "the backend ended without an answer"),
    ],
)
def test_a_backend_that_says_nothing_at_its_end(
    project: Project, end: str, told: str
) -> None:
    misbehave(project, f"def build_wheel(*args): {end}")
    assert f"12.6 failed: {told}" in project.build().failed().err


@pytest.mark.parametrize("outdir", ["tiny.py", "tiny.py/below"])
def test_a_folder_that_cannot_be_is_told(project: Project, outdir: str) -> None:
    result = project.build("-o", outdir).failed()
    assert f"nothing can be built in {Path(outdir)}: " in result.err
    assert "Traceback" not in result.err


def test_labels_that_left_the_matrix_are_not_published_without_a_word(
    project: Project,
) -> None:
    """R30: what lies in the folder is published, so all of it is described."""
    project.build().ok()
    project.write(TWO.replace(', "13.0"', ""))
    result = project.build().ok()
    wheel = Path("dist", "tiny-1.0-py3-none-any-13.0.whl")
    assert (
        "Wheels of tiny 1.0 that the matrix does not have are published with the "
        f"others: {wheel}; --prune removes those that an earlier run has made"
        in result.err
    )
    assert project.document("--prune")["removed"] == [str(wheel)]
    assert project.build("--prune").ok().err == ""
    release = json.loads((project.dist / "tiny-1.0-variants.json").read_text())
    assert list(release["variants"]) == ["12.6"]


def test_labels_that_are_not_built_now_are_no_leftovers(project: Project) -> None:
    project.build().ok()
    assert project.build("--only", "12.6").ok().err == ""


def test_constraints_of_builds_hold_for_their_requirements(
    project: Project, tmp_path: Path
) -> None:
    """As for the builds of "pip install"."""
    constraints = tmp_path / "constraints.txt"
    constraints.write_text("flit_core < 1\n")
    text = (project.folder / "pyproject.toml").read_text("utf-8")
    text = text.replace("requires = []", 'requires = ["flit_core"]')
    (project.folder / "pyproject.toml").write_text(text, "utf-8")
    result = project.build(PIP_BUILD_CONSTRAINT=str(constraints)).failed()
    assert "the build requirements cannot be installed: flit_core" in result.err
    project.build().ok()


def test_what_lies_on_the_path_of_modules_is_installed_all_the_same(
    project: Project, tmp_path: Path, links: Path
) -> None:
    """The backend runs in an environment of its own, without that path."""
    (wheel,) = links.glob("flit_core-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "path")
    text = (project.folder / "pyproject.toml").read_text("utf-8")
    text = text.replace("requires = []", 'requires = ["flit_core"]')
    (project.folder / "pyproject.toml").write_text(text, "utf-8")
    misbehave(project, "import flit_core")
    project.build(PYTHONPATH=str(tmp_path / "path")).ok()


# the end


def alive(number: int) -> bool:
    """Tell whether a process runs; one that nobody has waited for does not."""
    try:
        state = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"


def wait_for(what: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + SECONDS
    while not what() and time.monotonic() < deadline:
        time.sleep(0.05)
    return what()


_SLEEPER = """
def sleep():
    import subprocess
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    numbers = pathlib.Path(os.environ["NUMBERS"])
    part = numbers.with_suffix(".part")
    part.write_text(f"{os.getpid()} {child.pid}")
    part.rename(numbers)
"""


linux = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")


@contextmanager
def running(
    project: Project, numbers: Path, **extra: str
) -> Iterator[subprocess.Popen[str]]:
    """A run whose backend sleeps, with a child that does so, too."""
    temporary = numbers.with_name("temporary")
    temporary.mkdir()
    environ = project.pip.environ(NUMBERS=str(numbers), TMPDIR=str(temporary), **extra)
    with subprocess.Popen(
        [project.pip.python, "-m", "pip", "variant", "build"],
        env=environ,
        cwd=project.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        start_new_session=True,
    ) as process:
        assert wait_for(numbers.exists)
        yield process
        process.kill()


@linux
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
@pytest.mark.parametrize("hook", ["build_sdist", "build_wheel"])
def test_nothing_goes_on_when_the_run_is_ended(
    project: Project, tmp_path: Path, name: str, hook: str
) -> None:
    if signal.getsignal(getattr(signal, name)) is signal.SIG_IGN:
        pytest.skip("the tests were started so that it is ignored, as by nohup")
    misbehave(project, _SLEEPER)
    misbehave(project, f"def {hook}(*args): sleep(); time.sleep(600)")
    numbers = tmp_path / "numbers"
    with running(project, numbers) as process:
        # As a terminal does it: the backend is in a session of its own.
        os.killpg(process.pid, getattr(signal, name))
        _, err = process.communicate(timeout=SECONDS)
    assert process.returncode == 1
    assert "Traceback" not in err
    assert "Stopped: 0 of 2 wheels are made; the same command makes the others" in err
    ended = [int(each) for each in numbers.read_text().split()]
    assert wait_for(lambda: not any(map(alive, ended)))
    assert [*(tmp_path / "temporary").iterdir()] == []


@linux
def test_who_is_asked_twice_does_not_wait_for_a_stubborn_backend(
    project: Project, tmp_path: Path
) -> None:
    misbehave(project, _SLEEPER)
    misbehave(
        project,
        """
def build_wheel(*args):
    import signal
    signal.signal(signal.SIGTERM, lambda *_: open(os.environ["ASKED"], "w").close())
    sleep()
    while True:
        time.sleep(600)
""",
    )
    numbers, asked = tmp_path / "numbers", tmp_path / "asked"
    with running(project, numbers, ASKED=str(asked)) as process:
        process.send_signal(signal.SIGINT)
        assert wait_for(asked.exists)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=SECONDS)
    ended = [int(each) for each in numbers.read_text().split()]
    assert wait_for(lambda: not any(map(alive, ended)))


@linux
def test_what_a_backend_leaves_running_is_ended(
    project: Project, tmp_path: Path
) -> None:
    """Its folder and its environment are gone after the build."""
    misbehave(project, _SLEEPER)
    misbehave(
        project,
        """
_build_wheel = build_wheel
def build_wheel(folder, settings=None, metadata=None):
    sleep()
    return _build_wheel(folder, settings, metadata)
""",
    )
    numbers = tmp_path / "numbers"
    project.build(NUMBERS=str(numbers)).ok()
    ended = [int(each) for each in numbers.read_text().split()]
    assert wait_for(lambda: not any(map(alive, ended)))
