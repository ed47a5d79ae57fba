"""The other commands that fetch something, from an index that misbehaves."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from tests.e2e.fictional_hw import HARDWARE, TRUST, document
from tests.faults.index._asking import HASTY, PROJECT, RETRIES, gone
from tests.faults.index._unruly import Misbehaviour, Unruly, Wire
from tests.faults.index.misbehaviours import MISBEHAVIOURS
from tests.kit import (
    BEST,
    JSON_NAME,
    LEVELS,
    Index,
    Pip,
    hashes,
    level,
    static_document,
)
from tests.running import Result

thorough = pytest.mark.thorough
FOR_PROGRAMMERS = ("Traceback", "HTTPConnectionPool", "Caused by", " object at 0x")


def orderly(result: Result) -> Result:
    """Assert that only people are spoken to, and no password is."""
    ours = [line for line in result.both.splitlines() if "Retrying" not in line]
    shown = [text for text in FOR_PROGRAMMERS if any(text in line for line in ours)]
    assert shown == [], result.both
    assert "s3cret" not in result.both
    return result


# inspect


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("drips for ever", "longer than"),
        ("stalls in the body", "did not answer in time"),
        pytest.param("stalls before the head", "did not answer", marks=thorough),
        ("closes before the head", "no answer"),
        ("closes in the body", "cut"),
        pytest.param("resets in the body", "cut", marks=thorough),
        pytest.param("sends chunks of no size", "no HTTP", marks=thorough),
        pytest.param("speaks no HTTP", "no answer", marks=thorough),
        pytest.param("says 204", "204", marks=thorough),
        ("says 503", "503"),
        pytest.param("says 504", "504", marks=thorough),
        pytest.param("redirects in a loop", "too often", marks=thorough),
        pytest.param("redirects to a file", "302", marks=thorough),
        pytest.param(
            "redirects with credentials to nothing", "no such", marks=thorough
        ),
        ("redirects with credentials to nobody", "no answer"),
        pytest.param("packs forty times", "unpacked", marks=thorough),
        pytest.param("sends without end", "larger than", marks=thorough),
    ],
)
def test_inspect_says_why_metadata_cannot_be_had(
    pip: Pip, unruly: Unruly, name: str, told: str
) -> None:
    unruly.behaviours[PROJECT + JSON_NAME] = MISBEHAVIOURS[name]
    address = f"{unruly.url}demo/{JSON_NAME}"
    result = orderly(pip("variant", "inspect", *HASTY, address).failed())
    (error,) = [line for line in result.err.splitlines() if line.startswith("ERROR")]
    assert told in error
    assert JSON_NAME in error


@pytest.mark.parametrize(
    "name",
    [
        "stalls in the body",
        "closes in the body",
        pytest.param("closes before the head", marks=thorough),
        pytest.param("drips for ever", marks=thorough),
        pytest.param("says 503", marks=thorough),
        pytest.param("sends wrong bytes of a part", marks=thorough),
        pytest.param("redirects in a loop", marks=thorough),
    ],
)
def test_inspect_says_why_a_wheel_cannot_be_had(
    pip: Pip, unruly: Unruly, name: str
) -> None:
    unruly.behaviours[PROJECT + BEST] = MISBEHAVIOURS[name]
    address = f"{unruly.url}demo/{BEST}"
    result = orderly(pip("variant", "inspect", *HASTY, address).failed())
    assert BEST in result.err


@pytest.mark.parametrize(
    "name",
    [
        "redirects to another host",
        pytest.param("sends all for a part", marks=thorough),
        pytest.param("sends another part", marks=thorough),
        pytest.param("promises no parts", marks=thorough),
        pytest.param("drips the body", marks=thorough),
    ],
)
def test_inspect_gets_a_wheel_another_way(pip: Pip, unruly: Unruly, name: str) -> None:
    unruly.behaviours[PROJECT + BEST] = MISBEHAVIOURS[name]
    result = pip("variant", "inspect", *HASTY, f"{unruly.url}demo/{BEST}").ok()
    assert "Label: v2" in orderly(result).out


@pytest.mark.parametrize(
    ("behaviour", "told"),
    [
        (MISBEHAVIOURS["drips for ever"], "longer than"),
        (partial(Wire.reply, status=203), "the server answers 203"),
    ],
    ids=["drips for ever", "says 203"],
)
def test_inspect_says_why_a_wheel_cannot_be_had_in_one_piece(
    pip: Pip, make_index: Callable[..., Index], behaviour: Misbehaviour, told: str
) -> None:
    index = make_index(ranges=False)
    index.add(LEVELS)
    with Unruly(index.url) as unruly:
        unruly.behaviours[PROJECT + BEST] = behaviour
        address = f"{unruly.url}demo/{BEST}"
        result = orderly(pip("variant", "inspect", *HASTY, address).failed())
    assert told in result.err


# the commands that choose


def explain(pip: Pip, url: str, folder: Path) -> Result:
    return pip("variant", "explain", *HASTY, "--index-url", url, "demo")


def lock(pip: Pip, url: str, folder: Path) -> Result:
    result = pip(
        "lock", *HASTY, "-o", folder / "pylock.toml", "--index-url", url, "demo"
    )
    assert JSON_NAME not in (folder / "pylock.toml").read_text("utf-8")
    return result


def download(pip: Pip, url: str, folder: Path) -> Result:
    result = pip("download", *HASTY, "-d", folder, "--index-url", url, "demo")
    assert [path.name for path in folder.glob("*.whl")] == [BEST]
    return result


def versions(pip: Pip, url: str, folder: Path) -> Result:
    return pip("index", "versions", *HASTY, "--index-url", url, "demo")


def wheel(pip: Pip, url: str, folder: Path) -> Result:
    result = pip("wheel", *HASTY, "-w", folder, "--index-url", url, "demo")
    assert [path.name for path in folder.glob("*.whl")] == [BEST]
    return result


@pytest.mark.parametrize("command", [explain, lock, download, versions, wheel])
@pytest.mark.parametrize(
    "name",
    [
        "closes in the body",
        pytest.param("stalls before the head", marks=thorough),
        pytest.param("drips for ever", marks=thorough),
        pytest.param("says 503", marks=thorough),
        pytest.param("redirects in a loop", marks=thorough),
        pytest.param("sends other metadata", marks=thorough),
        pytest.param("sends a bomb", marks=thorough),
    ],
)
def test_commands_that_choose_go_by_the_wheels(
    pip: Pip,
    unruly: Unruly,
    tmp_path: Path,
    name: str,
    command: Callable[[Pip, str, Path], Result],
) -> None:
    unruly.behaviours[PROJECT + JSON_NAME] = MISBEHAVIOURS[name]
    result = orderly(command(pip, unruly.url, tmp_path)).ok()
    ignoring = [line for line in result.warnings if "Ignoring" in line]
    told = [line for line in ignoring if JSON_NAME in line]
    # What versions there are is told without their variants.
    assert len(told) == (0 if command is versions else 1), result.both


@pytest.mark.parametrize(
    "name",
    [
        "closes before the head",
        pytest.param("stalls before the head", marks=thorough),
        pytest.param("sends other bytes", marks=thorough),
        pytest.param("says 404", marks=thorough),
    ],
)
def test_the_wheel_of_a_lock_file(
    pip: Pip, unruly: Unruly, good: Index, tmp_path: Path, name: str
) -> None:
    """Its address and hash stand there: another wheel is never taken instead."""
    wheel_file = good.links() / BEST
    sha256 = hashes([wheel_file]).rpartition(":")[2]
    locked = tmp_path / "pylock.toml"
    locked.write_text(
        'lock-version = "1.0"\ncreated-by = "test"\n[[packages]]\nname = "demo"\n'
        'version = "1.0"\n[[packages.wheels]]\n'
        f'url = "{unruly.url}demo/demo-1.0-py3-none-any.whl"\n'
        f'hashes = {{sha256 = "{sha256}"}}\n',
        "utf-8",
    )
    unruly.behaviours[f"{PROJECT}demo-1.0-py3-none-any.whl"] = MISBEHAVIOURS[name]
    target = tmp_path / "target"
    result = pip("install", *HASTY, "--target", target, "-r", locked)
    assert result.status == 1, result.both
    assert not (target / "demo.py").exists()
    orderly(result)


@pytest.mark.parametrize("subject", ["page", "wheel"])
@pytest.mark.parametrize(
    "name",
    [
        "closes before the head",
        pytest.param("stalls before the head", marks=thorough),
        pytest.param("stalls in the body", marks=thorough),
        pytest.param("says 503", marks=thorough),
        pytest.param("sends half of it", marks=thorough),
    ],
)
def test_a_trusted_provider_that_cannot_be_had(
    pip: Pip, make_index: Callable[..., Index], name: str, subject: str
) -> None:
    """R77: its variants do not fit, and why is said."""
    index = make_index()
    index.add(document())
    index.add(name=HARDWARE, files={"x.py": b""})
    (provider,) = index.project(HARDWARE).iterdir()
    with Unruly(index.url) as unruly:
        path = f"/simple/{HARDWARE}/{provider.name if subject == 'wheel' else ''}"
        unruly.behaviours[path] = MISBEHAVIOURS[name]
        options = ("install", "-v", "--dry-run", *HASTY, TRUST, "--index-url")
        result = pip(*options, unruly.url, "demo").ok()
        assert unruly.asked(path)
    assert result.would_install == ["demo-1.0-null"]
    assert HARDWARE in result.both
    # A page that cannot be read makes stock pip, which runs there, end otherwise.
    assert result.both.count("Traceback") <= (name == "sends half of it")


# what it may cost in all


def test_a_server_that_stays_silent_is_asked_for_little(
    pip: Pip, make_index: Callable[..., Index], tmp_path: Path
) -> None:
    """Three packages of thirty labels: pip's time-outs and retries are waited for twice."""
    index = make_index()
    names = ("demo", "other", "third")
    for name in names:
        index.add(many_labels(30), name=name)
    with Unruly(index.url) as unruly:
        for name in names:
            for path in index.project(name).glob("*-*[vn]*.*"):
                if path.name != f"{name}-1.0-py3-none-any.whl":
                    behaviour = MISBEHAVIOURS["closes before the head"]
                    unruly.behaviours[f"/simple/{name}/{path.name}"] = behaviour
        options = ("install", "--dry-run", *HASTY, "--index-url", unruly.url)
        result = orderly(pip(*options, *names).ok())
        asked = [each for each in unruly.requests if each.path in unruly.behaviours]
    assert sorted(result.would_install) == [f"{name}-1.0" for name in names]
    assert len(asked) == 2 * (1 + RETRIES)
    ignored = [line for line in result.warnings if "are ignored" in line]
    assert len(ignored) == len(names)


def test_older_versions_of_a_silent_server_cost_no_more(
    pip: Pip, make_index: Callable[..., Index]
) -> None:
    """There is no plain wheel, so pip goes from one version to the next."""
    index = make_index()
    for number in range(1, 6):
        index.add(many_labels(5), version=f"{number}.0", plain=False)
    with Unruly(index.url) as unruly:
        for path in index.project("demo").iterdir():
            behaviour = MISBEHAVIOURS["closes before the head"]
            unruly.behaviours[f"{PROJECT}{path.name}"] = behaviour
        options = ("install", "--dry-run", *HASTY, "--index-url", unruly.url)
        orderly(pip(*options, "demo").failed())
        asked = [each for each in unruly.requests if each.path in unruly.behaviours]
    assert len(asked) == 2 * (1 + RETRIES)


def test_one_silent_wheel_costs_its_label_alone(pip: Pip, unruly: Unruly) -> None:
    unruly.behaviours[PROJECT + JSON_NAME] = gone
    silent = PROJECT + BEST.replace("v2", "v1")
    unruly.behaviours[silent] = MISBEHAVIOURS["closes before the head"]
    options = ("install", "--dry-run", *HASTY, "--index-url", unruly.url)
    result = orderly(pip(*options, "demo").ok())
    assert result.would_install == ["demo-1.0-v2"]
    assert [line for line in result.warnings if "Ignoring variant v1:" in line]


def many_labels(count: int) -> dict[str, object]:
    values = [f"v{number}" for number in range(count)]
    variants = {value: level(value) for value in values}
    return static_document(variants, {"cpu": {"level": values}})
