"""The widget that `explore` returns; this module needs ipysigma."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

import networkx as nx
from ipysigma import Sigma
from ipywidgets import HTML, VBox
from ipywidgets.embed import embed_minimal_html

# ipysigma explains the drawing by names of attributes: in the legend, and for a node or line after
# the second rule. All this is hidden, with the texts that are not in an element of their own.
STYLE = """<style>
.policylib .ipysigma-legend, .policylib .ipysigma-information-contents {font: 0/0 sans-serif}
.policylib .ipysigma-legend > *, .policylib hr + br,
.policylib .ipysigma-information-contents > b:first-child,
.policylib .ipysigma-information-contents > b:first-child + br,
.policylib .ipysigma-information-contents hr:nth-of-type(2),
.policylib .ipysigma-information-contents hr:nth-of-type(2) ~ * {display: none}
.policylib .ipysigma-legend > .category {display: block}
.policylib .ipysigma-legend > .category, .policylib .ipysigma-legend::after,
.policylib .ipysigma-information-contents > * {font: 12px/16px sans-serif; color: #333333}
.policylib .ipysigma-information-contents > b {font-weight: bold; margin-right: 1ex}
.policylib .ipysigma-information-contents > br + span::after {content: " → "}
.policylib .ipysigma-legend::after {
  content: "A larger node has more neighbours, a thicker line more statements."}
</style>"""


class Explorer(Sigma):  # type: ignore[misc]
    """An ipysigma widget with a picture for programs that show no widgets.

    Parameters
    ----------
    graph : networkx.Graph
        The graph that is shown.
    draw : callable
        Returns the picture, a PNG in base64. It is called when the widget is first shown.
    **options
        Passed to `ipysigma.Sigma`.
    """

    def __init__(self, graph: nx.Graph, draw: Callable[[], str], **options: Any) -> None:
        super().__init__(graph, **options)
        self._draw = draw

    @cached_property
    def _picture(self) -> str:
        return self._draw()

    @cached_property
    def _box(self) -> VBox:
        box = VBox([HTML(STYLE), self])
        box.add_class("policylib")
        return box

    def to_html(self, path: Any) -> None:
        """Write a page that shows the widget in a browser; it loads ipysigma from the internet."""
        embed_minimal_html(path, views=[self._box])

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        """Return the widget, its picture and its text; each program shows the first that it can."""
        bundle: dict[str, Any] = self._box._repr_mimebundle_(**kwargs)
        return bundle | {"text/plain": repr(self), "image/png": self._picture}
