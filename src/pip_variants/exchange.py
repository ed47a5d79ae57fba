"""How a name in one of pip's modules is another one while a command runs.

For what pip makes in the middle of a long function, out of reach of a subclass. The
rows of ``seams.SCOPED`` list these names.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

__all__ = ["exchanged"]


@contextmanager
def exchanged(
    neighbour: type | Callable[..., Any], name: str, replace: Callable[[Any], Any]
) -> Iterator[None]:
    """Exchange a name in a module of pip.

    :param neighbour: what stands in the same module, such as a command.
    :param replace: gets what stands there, and returns what is to stand there.
    """
    module: Any = sys.modules[neighbour.__module__]
    original = getattr(module, name)
    setattr(module, name, replace(original))
    try:
        yield
    finally:
        setattr(module, name, original)
