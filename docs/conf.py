"""Settings of the documentation."""

from importlib.metadata import version as installed_version

project = "pip-variants"
author = "The pip-variants developers"
copyright = f"2026, {author}"
version = release = installed_version("pip-variants")

extensions = ["myst_parser", "sphinx.ext.autodoc"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

autodoc_typehints = "none"  # the text says what matters of them

html_theme = "furo"
html_title = f"pip-variants {release}"
