"""Needs what is not there."""

import zoo_dependency_that_is_not_there  # noqa: F401
