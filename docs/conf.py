"""The settings of Sphinx for the documentation site; docs/build.py runs it."""

import policylib

project = "policylib"
author = "policylib contributors"
project_copyright = "policylib contributors"
release = version = policylib.__version__

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.viewcode",
    "numpydoc",
    "myst_nb",
    "builder.cells",
    "builder.mathml",
    "builder.names",
]
root_doc = "index"
exclude_patterns = ["_static"]
smartquotes = False  # quotation marks are typed as they should be, and belong to values of options

# Types are in the tables of parameters; with them, a signature would fill half a page.
autodoc_typehints = "none"
add_module_names = False
autosummary_generate = False
numpydoc_show_class_members = False
numpydoc_xref_param_type = False
viewcode_line_numbers = True

myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 3
nb_execution_mode = "off"
nb_ipywidgets_js: dict[str, dict[str, str]] = {}  # a widget shows its picture instead
nb_merge_streams = True

html_theme = "pydata_sphinx_theme"
html_title = "policylib"
html_static_path = ["_static"]
html_logo = "_static/icon.svg"
html_favicon = "_static/icon.svg"
html_css_files = ["site.css"]
html_math_renderer = "mathml"
html_copy_source = False
html_show_sourcelink = False
html_context = {"default_mode": "auto"}  # light or dark, as the reader's system is
# These pages have no pages below them.
html_sidebars: dict[str, list[str]] = {"index": [], "methods": [], "ten-minutes": [], "trust": []}
html_theme_options = {
    "logo": {
        "text": "policylib",
        "image_light": "_static/icon.svg",
        "image_dark": "_static/icon.svg",
    },
    "icon_links": [],
    "navbar_align": "left",
    "header_links_before_dropdown": 9,
    "show_prev_next": True,
    # The page of a function has no headings, and the code of notebooks needs the room.
    "secondary_sidebar_items": {"[!nr]**": ["page-toc"], "reference/index": ["page-toc"]},
    "footer_start": ["copyright"],
    "footer_end": [],
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
