"""One line of the report."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report; ``fine`` None is a fact that is neither good nor bad."""

    topic: str
    says: str
    fine: bool | None = None


def line(finding: Finding) -> str:
    """Return the finding as people read it."""
    mark = {True: "ok", False: "WRONG", None: ""}[finding.fine]
    return f"{mark:>5}  {finding.topic:<9} {finding.says}"
