"""Where wheels and metadata come from: E12, E35, E36, and what is asked for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pip_variants.demo.server import Request, Response
from tests.kit import (
    BEST,
    JSON_NAME,
    LEVELS,
    PLAIN,
    Index,
    Pip,
    level,
    levels,
    static_document,
)

JSON_PATH = f"demo/{JSON_NAME}"

# No waiting between retries.
HASTY = ("--retries", "0")

MakeIndex = Callable[..., Index]


def whole_wheels_sent(index: Index) -> list[Request]:
    """Return the requests that sent a labelled wheel from end to end."""
    return [
        request
        for request in index.requests
        if request.method == "GET"
        and request.status == 200
        and request.path.endswith(".whl")
    ]


# several sources


def test_the_first_index_with_a_fitting_variant(
    pip: Pip, make_index: MakeIndex
) -> None:
    """E12: v1 of the first index, although the second has v2; with a note."""
    first, second = make_index(), make_index()
    first.add(levels("v1", "v3"))
    second.add(levels("v2"))
    result = pip.dry(first, "--extra-index-url", second.url, "demo").ok()
    assert result.would_install == ["demo-1.0-v1"]
    assert first.url in result.both
    notes = [line for line in result.both.splitlines() if second.url in line]
    assert any("demo" in line and "1.0" in line for line in notes)


def test_the_first_index_has_no_fitting_variant(
    pip: Pip, make_index: MakeIndex
) -> None:
    """E12: then the second one."""
    first, second = make_index(), make_index()
    first.add(levels("v3"), plain=False)
    second.add(levels("v1"))
    choice = pip.choose(
        "--index-url", first.url, "--extra-index-url", second.url, "demo"
    )
    assert choice.label == "v1"


def test_metadata_is_never_merged(pip: Pip, make_index: MakeIndex) -> None:
    """E12: one label with two meanings, and one that only the other index knows."""
    first, second = make_index(), make_index()
    first.add(static_document({"x": level("v3"), "y": level("v4")}), plain=False)
    second.add(static_document({"x": level("v1")}), plain=False)
    # The second index has a wheel y, but says nothing about it.
    second.add_wheel("y", variant_json=levels("v1"), inner_label="y")
    result = pip(
        "install",
        "--dry-run",
        "--index-url",
        first.url,
        "--extra-index-url",
        second.url,
        "-v",
        "demo",
    ).ok()
    assert result.would_install == ["demo-1.0-x"]
    pip("cache", "purge")
    taken = [request.path for request in second.requests if "-x.whl" in request.path]
    assert taken, "x came from the wrong index"


def test_an_index_beside_a_folder(pip: Pip, make_index: MakeIndex) -> None:
    """E12: a folder is a source as well; each is ranked alone."""
    index, other = make_index(), make_index()
    index.add(levels("v3"))
    other.add(levels("v1"), listed=None, plain=False)
    choice = pip.choose("--index-url", index.url, "--find-links", other.links(), "demo")
    assert choice.label == "v1"


def test_variants_in_one_index_and_a_plain_wheel_in_another(
    pip: Pip, make_index: MakeIndex
) -> None:
    """R45: plain wheels come after every variant that fits."""
    first, second = make_index(), make_index()
    first.add()
    second.add(LEVELS, plain=False)
    choice = pip.choose(
        "--index-url", first.url, "--extra-index-url", second.url, "demo"
    )
    assert choice.file == BEST


# answers other than 200


@pytest.mark.parametrize("status", [404, 410])
def test_metadata_that_is_gone(pip: Pip, index: Index, status: int) -> None:
    """E35: the wheels are read, piece by piece, without a warning."""
    index.add(LEVELS)
    index.answer(JSON_PATH, Response(status))
    choice = pip.choose("--index-url", index.url, "demo")
    assert (choice.file, choice.warnings) == (BEST, "")
    assert whole_wheels_sent(index) == []


@pytest.mark.parametrize("status", [500, 503])
def test_a_server_in_trouble(pip: Pip, index: Index, status: int) -> None:
    """E35: a warning, then the wheels."""
    index.add(LEVELS)
    index.answer(JSON_PATH, Response(status))
    result = pip.dry(index, *HASTY, "demo").ok()
    assert result.would_install == ["demo-1.0-v2"]
    warnings = [line for line in result.warnings if JSON_NAME in line]
    assert len(warnings) == 1


@pytest.mark.parametrize("status", [401, 403])
def test_access_that_is_refused(pip: Pip, index: Index, status: int) -> None:
    """E35: an error, as for a wheel."""
    index.add(LEVELS)
    index.answer(JSON_PATH, Response(status))
    result = pip.dry(index, "demo").failed()
    assert str(status) in result.err
    assert JSON_NAME in result.err


def test_a_server_that_stops_half_way(pip: Pip, index: Index) -> None:
    """E1, E35: a body that is shorter than promised."""
    index.add(LEVELS)
    headers = {"Content-Type": "application/json", "Content-Length": "10000"}
    index.answer(JSON_PATH, Response(200, headers, b'{"$schema": '))
    result = pip.dry(index, *HASTY, "demo").ok()
    assert result.would_install == ["demo-1.0-v2"]
    assert result.warnings


# credentials


def test_an_index_with_a_password(pip: Pip, make_index: MakeIndex) -> None:
    """E35: credentials go along with the metadata, and are never printed."""
    index = make_index(credentials=("user", "s3cret"))
    index.add(LEVELS)
    result = pip(
        "install",
        "--dry-run",
        "-v",
        "--index-url",
        index.url_as("user", "s3cret"),
        "demo",
    ).ok()
    assert result.would_install == ["demo-1.0-v2"]
    assert "s3cret" not in result.both
    assert index.metadata_log


def test_an_index_with_a_password_and_no_metadata(
    pip: Pip, make_index: MakeIndex
) -> None:
    """E35, R36: range requests carry credentials too; a warning does not."""
    index = make_index(credentials=("user", "s3cret"))
    index.add(LEVELS, listed=b"null")
    result = pip(
        "install", "--dry-run", "--index-url", index.url_as("user", "s3cret"), "demo"
    ).ok()
    assert result.would_install == ["demo-1.0-v2"]
    assert len(result.warnings) == 1
    assert "s3cret" not in result.both


def test_credentials_stay_with_their_host(pip: Pip, make_index: MakeIndex) -> None:
    """E35: the metadata is elsewhere; no credentials are sent there."""
    index, other = make_index(credentials=("user", "s3cret")), make_index()
    for each in (index, other):
        each.add(LEVELS)
    elsewhere = {"Location": f"{other.url}{JSON_PATH}"}
    index.answer(JSON_PATH, Response(302, elsewhere))
    choice = pip.choose("--index-url", index.url_as("user", "s3cret"), "demo")
    assert (choice.file, choice.warnings) == (BEST, "")
    (request,) = other.requests
    assert request.path == f"/simple/{JSON_PATH}"
    assert "authorization" not in request.headers
    assert "s3cret" not in str(request.headers)


# no metadata file


def test_without_metadata_the_wheels_are_read_piece_by_piece(
    pip: Pip, index: Index
) -> None:
    """R36, §5.8: one wheel per label, range requests only."""
    index.add(LEVELS, listed=None)
    choice = pip.choose("--index-url", index.url, "demo")
    assert (choice.file, choice.warnings) == (BEST, "")
    assert whole_wheels_sent(index) == []
    assert not any(line.split()[1] == PLAIN for line in index.log)


def test_one_wheel_for_each_label_is_read(pip: Pip, index: Index) -> None:
    """R36: five builds of one label are one label."""
    index.add(levels("v1"), listed=None)
    for build in range(1, 6):
        index.add_wheel("v2", variant_json=levels("v2"), build=str(build))
    choice = pip.choose("--index-url", index.url, "demo")
    assert choice.file == "demo-1.0-5-py3-none-any-v2.whl"
    wheels = {line.split()[1] for line in index.log if line.endswith(".whl")}
    assert len(wheels) == 2


@pytest.mark.parametrize("honest", [True, False])
def test_a_server_without_range_requests(
    pip: Pip, make_index: MakeIndex, honest: bool
) -> None:
    """E36: plain wheel, a notice, and no whole wheel is sent to rank it."""
    index = make_index(ranges=False)
    index.add(LEVELS, listed=None, files={"demo/data": bytes(2**20)})
    if not honest:
        # It says that it can, and then sends everything.
        data = {path.name: path.read_bytes() for path in index.links().iterdir()}
        for name, body in data.items():
            headers = {"Accept-Ranges": "bytes", "Content-Type": "application/zip"}
            index.answer(f"demo/{name}", Response(200, headers, body))
    result = pip.dry(index, "demo").ok()
    assert result.would_install == ["demo-1.0"]
    (warning,) = result.warnings
    assert "demo 1.0" in warning
    labelled = [r for r in whole_wheels_sent(index) if r.path[6:].count("-") > 4]
    # One answer is needed to find out that the server does not keep its word.
    assert len(labelled) <= (0 if honest else 1)


# what is asked for


def test_a_package_without_variants_costs_nothing(pip: Pip, index: Index) -> None:
    """F6: the requests and the output of stock pip."""
    index.add(name="user", requires=["helper"])
    index.add(name="helper")
    ours = pip.dry(index, "user").ok()
    log = index.log
    index.forget()
    stock = Pip(pip.python, pip.home / "other").dry(
        index, "user", environ={"PIP_VARIANTS_OFF": "1"}
    )
    assert log == index.log
    assert (ours.out, ours.err) == (stock.out, stock.err)
    assert log == [
        "GET user/",
        "GET user-1.0-py3-none-any.whl.metadata",
        "GET helper/",
        "GET helper-1.0-py3-none-any.whl.metadata",
    ]


def test_a_version_with_variants_costs_one_request(
    pip: Pip, levels_index: Index
) -> None:
    """R37, DESIGN 8: the json and nothing else."""
    pip.dry(levels_index, "demo").ok()
    assert levels_index.log == [
        "GET demo/",
        f"GET {JSON_NAME}",
        f"GET {BEST}.metadata",
    ]


def test_only_versions_that_are_considered(pip: Pip, index: Index) -> None:
    """ "Many versions": the json of the version at hand, never at page time."""
    for version in ("1.0", "2.0", "3.0"):
        index.add(LEVELS, version=version)
    choice = pip.choose("--index-url", index.url, "demo<3")
    assert choice.file == "demo-2.0-py3-none-any-v2.whl"
    assert index.metadata_log == ["demo-2.0-variants.json"]


def test_backtracking_fetches_as_it_goes(pip: Pip, index: Index) -> None:
    """Each version that the resolver tries, once."""
    index.add(LEVELS, version="3.0", requires=["helper>=2"])
    index.add(LEVELS, version="2.0", requires=["helper<2"])
    index.add(LEVELS)
    index.add(name="helper")
    choice = pip.choose("--index-url", index.url, "demo", "helper")
    assert choice.files == (
        "demo-2.0-py3-none-any-v2.whl",
        "helper-1.0-py3-none-any.whl",
    )
    assert index.metadata_log == ["demo-3.0-variants.json", "demo-2.0-variants.json"]


def test_one_request_for_several_requirements(pip: Pip, index: Index) -> None:
    """Once, although several look at it."""
    index.add(LEVELS, extras={"more": ["helper"]})
    index.add(name="helper", requires=["demo>=1"])
    index.add(name="user", requires=["demo<2", "demo[more]"])
    result = pip.dry(index, "user", "demo!=0.9", "helper").ok()
    assert "demo-1.0-v2" in result.would_install
    assert index.metadata_log == [JSON_NAME]


def test_the_metadata_is_asked_for_again_but_not_sent_again(
    pip: Pip, index: Index
) -> None:
    """R32: the second run asks whether the copy in pip's cache is still good."""
    index.add(LEVELS)
    # pip caches answers of plain HTTP for trusted hosts alone.
    arguments = ("--trusted-host", "127.0.0.1", "--index-url", index.url, "demo")
    for _ in range(2):
        assert pip.choose(*arguments).file == BEST
    answers = [r.status for r in index.requests if r.path.endswith(JSON_NAME)]
    assert answers == [200, 304]


def test_metadata_that_changed_is_seen(pip: Pip, index: Index) -> None:
    """R32: a new label appears without --no-cache-dir."""
    arguments = ("--trusted-host", "127.0.0.1", "--index-url", index.url, "demo")
    index.add(levels("v1"))
    assert pip.choose(*arguments).label == "v1"
    index.add(levels("v1", "v2"))
    assert pip.choose(*arguments).label == "v2"


def test_a_cache_that_cannot_be_written(pip: Pip, levels_index: Index) -> None:
    """E40: no cache, no trouble."""
    pip.cache.write_text("a file, no folder")
    result = pip.dry(levels_index, "--trusted-host", "127.0.0.1", "demo").ok()
    assert result.would_install == ["demo-1.0-v2"]


def test_a_downloaded_variant_is_cached(
    pip: Pip, levels_index: Index, tmp_path: Path
) -> None:
    """F55: the wheel comes out of pip's HTTP cache the second time."""
    arguments = ("--trusted-host", "127.0.0.1", "--index-url", levels_index.url, "demo")
    pip.install_into(tmp_path / "one", *arguments).ok()
    second = pip.install_into(tmp_path / "two", *arguments).ok()
    assert f"Using cached {BEST}" in second.out
    assert second.installed == ["demo-1.0-v2"]


def test_a_built_sdist_is_cached(pip: Pip, index: Index, tmp_path: Path) -> None:
    """pip's cache of built wheels: variants that do not fit do not make it build anew."""
    index.add(levels("v3"), plain=False)
    index.add_sdist()
    arguments = ("--trusted-host", "127.0.0.1", "--index-url", index.url, "demo")
    first = pip.install_into(tmp_path / "one", *arguments).ok()
    second = pip.install_into(tmp_path / "two", *arguments).ok()
    assert "Building wheel" in first.out
    assert "Building wheel" not in second.out
    assert "Using cached" in second.out
    assert second.installed == ["demo-1.0"]


def test_a_built_wheel_does_not_hide_a_variant(
    pip: Pip, index: Index, tmp_path: Path
) -> None:
    """A wheel in the cache of built wheels is a plain one: variants go before it."""
    index.add(levels("v3"), plain=False)
    index.add_sdist()
    arguments = ("--trusted-host", "127.0.0.1", "--index-url", index.url, "demo")
    pip.install_into(tmp_path / "one", *arguments).ok()
    index.add(levels("v2", "v3"), plain=False)
    assert pip.choose(*arguments).file == BEST
