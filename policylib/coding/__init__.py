"""Code paragraphs by the terms of a codebook, and measure how well coders agree."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
