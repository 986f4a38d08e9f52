"""What a file says, as values: its definitions, its imports, the types of its variables."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a definition defines, the same words in all languages."""

    MODULE = "module"  # namespace, package
    CLASS = "class"  # struct, interface, trait, enum, record
    FUNCTION = "function"
    METHOD = "method"  # a function in a class: constructors, too
    FIELD = "field"  # attribute, property, enum member
    VARIABLE = "variable"  # constant, global
    TYPE = "type"  # alias, typedef
    MACRO = "macro"


FUNCTIONS = frozenset({Kind.FUNCTION, Kind.METHOD})
FUNCTIONS_AND_CLASSES = FUNCTIONS | {Kind.CLASS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A name and where it is defined; lines are 0-based, both ends included.

    ``scope`` names what encloses it, from the outside, joined with "." ("" at the top).
    The definition goes from ``first`` (its leading comment, decorators or attributes) to
    ``last``; its signature from ``start`` to ``header_last``, which is ``last`` where it
    has no body. ``doc_first`` to ``doc_last`` are its docstring or leading comment,
    -1 where it has none. ``bases`` are the names of what a class is made from, ``type``
    the written type of a field or variable and what a function returns, "" if unwritten.
    """

    name: str
    kind: Kind
    scope: str
    first: int
    start: int
    header_last: int
    last: int
    doc_first: int = -1
    doc_last: int = -1
    bases: tuple[str, ...] = ()
    type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    r"""One import as it stands in the text.

    ``target`` is what the language says it imports from: ``..pkg.mod`` (Python), ``./x``
    (JavaScript), ``com.acme.Thing`` or ``com.acme.*`` (Java), ``<vector>`` or
    ``"a/b.h"`` with its marks (C, C++), ``Acme.Models`` (C#), ``App\Models\User`` or a
    required path (PHP), a path (Bash ``source``). ``names`` are the names taken out of it,
    as they are called there, ("*",) for all; empty where it is imported as a whole.
    ``local`` are the names that this file then uses, in the order of ``names`` or, for a
    whole module, its one name here; empty where the language brings none.
    """

    target: str
    line: int
    names: tuple[str, ...] = ()
    local: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """``name`` (``self.x`` and ``this.x`` with their owner) has the type ``type`` from ``line`` on.

    Told by an annotation or a constructor's call; ``scope`` as in a definition.
    """

    name: str
    type: str
    line: int
    scope: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """What one version of a file says; ``namespace`` is the package or namespace it is in."""

    definitions: tuple[Definition, ...] = ()
    imports: tuple[Import, ...] = ()
    namespace: str = ""
