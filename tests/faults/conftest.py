"""The real pip, the environments and the indexes of the end-to-end tests."""

from tests.e2e.conftest import (
    index,
    links,
    make_index,
    pip,
    shared_backends,
    shared_python,
)

__all__ = ["index", "links", "make_index", "pip", "shared_backends", "shared_python"]
