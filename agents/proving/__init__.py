"""Figures worked out again, and set beside what was published."""
