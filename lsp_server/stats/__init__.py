"""Figures of use, kept on this machine only: counts, languages and times, never code."""
