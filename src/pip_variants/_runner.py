"""Run pip with the hook in a Python whose environment does not have it.

pip starts itself in other environments (``pip --python OTHER``, isolated builds) by
handing them a file. This is that file: it loads our package from its own folder,
installs the hook, and goes on with pip's own file. It must parse on every Python
that pip supports.
"""

import os
import runpy
import sys

_NAME = "pip_variants"
_OLDEST = (3, 11)
_HERE = os.path.dirname(os.path.abspath(__file__))


def load_hook():  # type: ignore[no-untyped-def]
    """Load our package from this folder, unless the environment has its own."""
    import importlib.machinery
    import importlib.util

    if _NAME not in sys.modules:
        spec = importlib.machinery.PathFinder.find_spec(_NAME, [os.path.dirname(_HERE)])
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[_NAME] = module
        spec.loader.exec_module(module)
    from pip_variants import _startup

    _startup.install()


if __name__ == "__main__":
    pip_file = os.environ.pop("_PIP_VARIANTS_RUNNER")
    # Python put our folder first, where our modules would hide others of their name.
    sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry) != _HERE]
    if sys.version_info >= _OLDEST:
        load_hook()  # type: ignore[no-untyped-call]
    sys.argv[0] = pip_file
    if os.path.isdir(pip_file):
        sys.path.insert(0, pip_file)
    runpy.run_path(pip_file, run_name="__main__")
