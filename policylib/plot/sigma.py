"""The widget that `explore` returns; this module needs ipysigma."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

import networkx as nx
from ipysigma import Sigma


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

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        """Return the widget, its picture and its text; each program shows the first that it can."""
        bundle: dict[str, Any] = super()._repr_mimebundle_(**kwargs)
        return bundle | {"image/png": self._picture}
