"""Code actions, scored mechanically: real faults, real tools, seven languages.

``data/LANGUAGE/project`` is a small repository that is right: its tools find nothing and
its tests pass. A case (``data/LANGUAGE/cases/NAME.toml``) damages it in one place, so the
right answer to an action is known: it is what the repository said before.
"""
