"""What the tests of plots look at: the texts of a figure, and whether they are legible."""

from itertools import combinations

from matplotlib.text import Text


def texts(ax):
    return [text.get_text() for text in ax.texts]


def assert_inside(figure, labels):
    """Check that labels are on the page, apart from each other and at least 8 points high."""
    figure.canvas.draw()
    # Of the text alone: an annotation would add its arrow.
    boxes = [Text.get_window_extent(label) for label in labels if label.get_text()]
    assert boxes
    for box in boxes:
        assert figure.bbox.x0 - 1 <= box.x0 <= box.x1 <= figure.bbox.x1 + 1
        assert figure.bbox.y0 - 1 <= box.y0 <= box.y1 <= figure.bbox.y1 + 1
    assert all(label.get_fontsize() >= 8 for label in labels)
    if all(label.get_rotation() == 0 for label in labels):
        assert not any(one.overlaps(other) for one, other in combinations(boxes, 2))
