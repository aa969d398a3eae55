"""The widget that `explore` gives; to import this takes ipysigma."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

import networkx as nx
from ipysigma import Sigma


class Explorer(Sigma):  # type: ignore[misc]
    """An ipysigma widget that has a picture for where there are no widgets.

    Parameters
    ----------
    graph
        What is shown.
    draw
        Gives the picture, a PNG in base64; called when the widget is first shown.
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
        """Give the widget, its picture and its text: each program shows the first it can."""
        bundle: dict[str, Any] = super()._repr_mimebundle_(**kwargs)
        return bundle | {"image/png": self._picture}
