"""Helpers for all folders: names, faults, warnings, dates, numbers, files and matrices."""
