"""Detectors: pure functions from the stage model of one file to findings."""
