"""Raises when it is imported."""

raise OSError(2, "No such file", "/dev/imaginary")
