"""JSON to LSP's types: lsprotocol's converter, made exact where it guesses."""

import enum
import inspect
import re
from typing import Any

from cattrs import Converter, transform_error
from lsprotocol import types
from lsprotocol.converters import get_converter
from pygls.exceptions import JsonRpcInvalidParams

CURSOR_MOVED = "codellama/cursorMoved"
"""A notification that an editor may send when the cursor rests elsewhere: LSP has none."""

_OURS = {CURSOR_MOVED: types.TextDocumentPositionParams}

_LARGEST = 2**31 - 1
"""LSP's ``uinteger`` ends here."""


def exact_converter() -> Converter:
    """Make lsprotocol's converter refuse wrong types and take values from the future.

    cattrs turns a ``null`` text into "None" and 2.7 into 2; and one symbol kind that
    lsprotocol does not know yet would fail a whole ``initialize``.
    """
    converter = get_converter()
    for kind in (str, int, bool):
        converter.register_structure_hook(kind, _exactly)
    for kind in vars(types).values():
        if inspect.isclass(kind) and issubclass(kind, enum.Enum):
            converter.register_structure_hook(kind, _known_or_plain)
    _mend_changes(converter)
    return converter


def structured(converter: Converter, method: str, params: Any) -> Any:
    """Return ``params`` as the type that LSP, or we, give them; else plain JSON.

    Raises JsonRpcInvalidParams that names what is wrong.
    """
    kind: Any = types.METHOD_TO_TYPES.get(method, (None, None, None))[2]
    kind = _OURS.get(method, kind)
    if kind is None:
        return params
    if params is None:
        params = {}
    if not isinstance(params, dict):
        raise JsonRpcInvalidParams("params: expected an object")
    try:
        return converter.structure(params, kind)
    except Exception as error:
        raise JsonRpcInvalidParams(complaint(error, "params")) from error


def complaint(error: Exception, root: str) -> str:
    """Say what cattrs found, with fields named as in the message, without values."""
    found = "; ".join(transform_error(error, root)[:3])
    return re.sub(r"(?<=[a-z])_([a-z])", lambda match: match[1].upper(), found)


def _mend_changes(converter: Converter) -> None:
    """Take what editors send beyond the letter: a refused change is text that is lost.

    A ``null`` range is no range, and a position past LSP's largest integer, which some
    write for "the end", is that integer.
    """
    place = converter.get_structure_hook(types.Position)

    def position(value: Any, kind: Any) -> Any:
        if isinstance(value, dict):
            value = {
                name: min(number, _LARGEST) if type(number) is int else number
                for name, number in value.items()
            }
        return place(value, kind)

    def change(value: Any, _kind: Any) -> Any:
        if isinstance(value, dict) and value.get("range") is not None:
            return converter.structure(value, types.TextDocumentContentChangePartial)
        whole = types.TextDocumentContentChangeWholeDocument
        return converter.structure(value, whole)

    converter.register_structure_hook(types.Position, position)
    converter.register_structure_hook(
        # lsprotocol's own alias holds unresolved names, the converter resolved ones.
        types.TextDocumentContentChangePartial
        | types.TextDocumentContentChangeWholeDocument,
        change,
    )


def _exactly(value: Any, kind: Any) -> Any:
    if type(value) is kind:
        return value
    if kind is int and type(value) is float and value.is_integer():
        return int(value)  # Lua and others write 3 as 3.0
    raise ValueError


def _known_or_plain(value: Any, kind: Any) -> Any:
    try:
        return kind(value)
    except ValueError:
        if type(value) in kind.__mro__:  # str or int, as the enumeration itself
            return value
        raise
