"""What all pages are: one file with its style, without a script, that loads nothing."""

from functools import cache
from importlib.resources import files

from lsp_server.explain.escape import text

_NOTHING_LOADS = "default-src 'none'; style-src 'unsafe-inline'"


def framed(title: str, body: str) -> str:
    """Return a page with this body, which is HTML; the title is not."""
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{_NOTHING_LOADS}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{text(title)}</title>
<style>
{_style()}</style>
</head>
<body>
{body}
</body>
</html>
"""


@cache
def _style() -> str:
    return files(__package__).joinpath("page.css").read_text(encoding="utf-8")
