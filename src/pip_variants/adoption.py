"""How an object that pip made becomes one of our subclass.

pip makes its finder, evaluator, preparer and factory itself, in several places. Their
classes have no slots, so the class of such an object can be exchanged; that replaces
nothing that other users of the same classes share.
"""

from __future__ import annotations

from typing import TypeVar

__all__ = ["adopt"]

_T = TypeVar("_T")


def adopt(made_by_pip: object, subclass: type[_T]) -> _T:
    """Exchange the class of an object for a subclass of it, and return the object.

    :raises TypeError: when the layouts of the two classes differ.
    """
    made_by_pip.__class__ = subclass
    assert isinstance(made_by_pip, subclass)
    return made_by_pip
