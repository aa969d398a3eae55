"""Code and count corpora that are larger than memory, with Dask."""

from importlib import import_module

import lazy_loader

try:
    for package in ("dask", "fsspec", "pyarrow"):
        import_module(package)
except ImportError as error:
    raise ImportError(
        f"a corpus needs the package {error.name}: pip install 'policylib[dask]'", name=error.name
    ) from error
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
