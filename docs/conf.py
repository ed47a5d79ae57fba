"""Settings of the documentation."""

import logging
from importlib.metadata import version as installed_version

project = "pip-variants"
author = "The pip-variants developers"
copyright = f"2026, {author}"
version = release = installed_version("pip-variants")

extensions = ["myst_parser"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

html_theme = "furo"
html_title = f"pip-variants {release}"

# A kind of page may have no page yet. suppress_warnings cannot name this warning:
# Sphinx gives it a subtype and no type.
logging.getLogger("sphinx.sphinx.directives.other").addFilter(
    lambda record: getattr(record, "subtype", None) != "empty_glob"
)
