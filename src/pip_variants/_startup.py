"""The hook: every Python process of the environment runs this at its start.

It imports nothing that the interpreter has not loaded, never raises, and only puts a
finder in front that acts when pip's entry module is imported.
"""

import sys

PTH_LINE = (
    'import sys; exec("try:\\n    from pip_variants._startup import install\\n'
    '    install()\\nexcept Exception:\\n    pass", {})'
)
"""The one line of ``pip_variants.pth``: harmless when the package is gone."""

START_LINE = "pip_variants._startup:install"
"""The same for Pythons that no longer run such lines (PEP 829)."""

_TRIGGER = "pip._internal.cli.main"
_OFF = ("", "0", "false", "no", "off")


class _PipStartFinder:
    """Extends pip when its entry module is looked up, then lets others find it.

    It stays in ``sys.meta_path``: a finder that leaves during a search makes
    importlib skip the one behind it.
    """

    __slots__ = ()

    def find_spec(self, fullname, path=None, target=None):  # type: ignore[no-untyped-def]  # noqa: ARG002
        """Answer None always: the module itself is found by the next finder."""
        if fullname == _TRIGGER:
            _extend_pip()


def _extend_pip() -> None:
    import os

    if os.environ.get("PIP_VARIANTS_OFF", "").lower() not in _OFF:
        return
    try:
        from pip_variants import seams

        seams.install()
    except RuntimeError as error:
        _warn(str(error))
    except Exception as error:  # noqa: BLE001 - pip must run whatever happens here
        _warn(
            f"{type(error).__name__}: {error}; to repair: "
            "python -m pip install --force-reinstall pip-variants"
        )


def _warn(reason: str) -> None:
    sys.stderr.write(f"WARNING: pip-variants is off, plain pip runs: {reason}\n")


def install() -> None:
    """Put the finder in front, once."""
    if not any(type(finder) is _PipStartFinder for finder in sys.meta_path):
        sys.meta_path.insert(0, _PipStartFinder())
