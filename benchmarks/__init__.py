"""Measures, as ratios side by side; never timed tests."""
