"""More environments and indexes of the end-to-end tests."""

from tests.e2e.conftest import _shared_levels_index, levels_index, own_pip

__all__ = ["_shared_levels_index", "levels_index", "own_pip"]
