"""A fictional provider."""

__version__ = "0.9.0"
