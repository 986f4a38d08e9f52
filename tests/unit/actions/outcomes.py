"""What comes of an answer, from a drawn place to the proposal."""

from lsp_server.actions.answer import Block
from lsp_server.actions.catalogue import Name
from lsp_server.actions.instruction import asked
from lsp_server.actions.proposal import Proposal, proposed
from lsp_server.actions.region import region_for
from tests.unit.actions.places import finding, situation


def outcome(
    name: Name, drawn: str, said: str, language: str = "python", *, wish: str = ""
) -> Proposal:
    """Let a model say ``said``; a fix is of a diagnostic in the line of the cursor."""
    place = situation(drawn, language)
    if name is Name.FIX:
        line = place.start[0]
        place = situation(drawn, language, findings=(finding(line, wish or "wrong"),))
    region = region_for(name, place)
    words = "make it better" if name is Name.REWRITE else ""
    ask = asked(name, place, region, words=words, path="src/a")
    block = Block(ask.begin)
    block.feed(said)
    block.end()
    return proposed(name, place.document, region, block, wish=wish)


def after(
    name: Name, drawn: str, said: str, language: str = "python", *, wish: str = ""
) -> str:
    """Return the text that an accepted answer makes."""
    found = outcome(name, drawn, said, language, wish=wish)
    assert found.problems == ()
    assert found.changes
    return found.after.text
