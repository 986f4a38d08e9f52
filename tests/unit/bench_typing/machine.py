"""A machine for tables."""

from bench.machine import Machine

MACHINE = Machine(
    cpu="cpu", cores=2, system="s", python="3", load=0.0, scheduling="usual"
)
