"""Damaged files for every reader, and a judgement of what comes of them."""

import importlib
import pkgutil


def load_all() -> None:
    """Import every module of policylib, once for all processes that are forked later."""
    import policylib

    for module in pkgutil.walk_packages(policylib.__path__, "policylib."):
        importlib.import_module(module.name)
