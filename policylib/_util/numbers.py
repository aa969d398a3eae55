"""Check whole numbers."""

from numbers import Integral

EXACT = 2**53  # a float holds every whole number up to here exactly


def is_whole(value: object) -> bool:
    """Return whether this is a whole number; True and False are not."""
    return isinstance(value, Integral) and not isinstance(value, bool)


def require_whole(value: object, what: str, *, least: int = 1) -> None:
    """Raise unless this is a whole number that is large enough."""
    if not is_whole(value) or value < least:  # type: ignore[operator]
        raise ValueError(f"{what} must be a whole number from {least}, not {value!r}")


def require_seed(seed: object) -> None:
    """Raise unless this is a whole number from 0, or None."""
    if seed is not None and (not is_whole(seed) or seed < 0):  # type: ignore[operator]
        raise ValueError(f"seed must be a whole number from 0, or None, not {seed!r}")
