"""The small trial that every cell of the matrix runs."""

from __future__ import annotations

import re
from pathlib import Path

from pip_variants import __version__
from pip_variants.demo.packages import write_index
from tests.faults.matrix._place import InstallPlace
from tests.kit import Index
from tests.running import Result

OURS = f"+variants.{__version__}"

_COLOUR = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")

PLUGINS = ("provider-fictional-hw", "provider-fictional-tech")


def index_options(index: Index) -> tuple[str, ...]:
    return "--index-url", index.url


def folder_options(folder: Path) -> tuple[str | Path, ...]:
    """Write the demo's packages into a folder, and return the options that name it."""
    write_index(folder)
    options: list[str | Path] = ["--no-index"]
    for project in sorted(folder.iterdir()):
        options += ["--find-links", project]
    return tuple(options)


def trial(place: InstallPlace, *source: str | Path, variants: bool = True) -> None:
    """Install, look at it, uninstall; only results may be said, nothing may be left.

    :param source: the options that say where the packages of the demo are.
    :param variants: whether pip chooses among variants here; if not, it is stock pip.
    """
    before = place.files()
    starts_in_silence(place)
    shown = place.pip("--version")
    assert (OURS in shown.out) == variants, str(shown)
    installed = place.pip("install", *source, "trainer")
    torch = "torch-2.8.0-cu129" if variants else "torch-2.8.0"
    done = _COLOUR.sub("", installed.last)
    assert done == f"Successfully installed {torch} trainer-1.0"
    code = "import torch; print(torch.VARIANT)"
    assert place.run("-c", code).out.split() == ["cu129" if variants else "None"]
    row = ["torch", "2.8.0", "cu129"] if variants else ["torch", "2.8.0"]
    assert row in rows(place.pip("list"))
    nothing_is_broken(place)
    asks_the_machine(place, variants=variants)
    place.pip("uninstall", "--yes", "trainer", "torch")
    starts_in_silence(place)
    assert place.files() == before
    assert not place.litter()


def plugin_trial(place: InstallPlace, *source: str | Path) -> None:
    """Install plugins, and what is chosen by asking them, in processes of their own."""
    before = place.files()
    place.pip("install", *source, *PLUGINS)
    result = place.pip("install", *source, "mypackage")
    assert result.last == "Successfully installed mypackage-1.0.0-deepthought_foam"
    place.pip("uninstall", "--yes", "mypackage", *PLUGINS)
    assert place.files() == before
    assert not place.litter()


def starts_in_silence(place: InstallPlace) -> None:
    result = place.run("-c", "pass")
    assert result.out == ""


def nothing_is_broken(place: InstallPlace) -> None:
    """Other packages may be in sight, and none of them is our concern."""
    names = {row[0] for row in rows(place.pip("check", status=None))}
    assert not names & {"pip", "pip-variants", "torch", "trainer"}


def asks_the_machine(place: InstallPlace, *, variants: bool) -> None:
    result = place.pip("variant", "platform", status=0 if variants else 1)
    if variants:
        assert "  sm_arch: 75_real," in result.out
    else:
        assert 'unknown command "variant"' in result.err


def rows(result: Result) -> list[list[str]]:
    return [line.split() for line in result.out.splitlines()]
