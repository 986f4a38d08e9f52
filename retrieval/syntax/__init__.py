"""Text to definitions, imports, bindings, references: the only room that knows tree-sitter.

Each language has a file of queries, and all of them speak these words. The part before
``; ---- bindings`` is the outline; a match is one definition, import or mark:

    @definition.class, .function, .method, .field, .variable, .type, .module, .macro
                            the whole node; beside it, in the same match:
      @name                 what it is called (``A::b`` defines b in the scope A)
      @type                 the written type, or what a function returns
      @created              the class it is an instance of, where no type is written
      @call, @arguments, @from  as in the bindings, for a field without a type
      @bases                what a class is made from: the clauses as they are written
      @body                 where the header ends
      @owner                the receiver: names the class that a method belongs to
      @self                 the object that a member is set on; must be self or this
      @exports              the object that an export is set on; must be exports or alike
    @definition.member      a field set in a method: it belongs to the class around it
    @definition.constant    a field in a class, a variable elsewhere
    @definition.declared    a function without its body: none inside another function
    @definition.exported    a variable, function or class that is set on ``exports``
    @scope, with @name      encloses definitions and is none itself
    @attached               a decorator or attribute: belongs to the definition beneath it
    @namespace              the package or namespace of the whole file
    @import                 one statement, read by ``imports.py``
    @import.call, @called   a call that imports if what is called is require, source, ...

In the bindings @name (or @member, which is reached through self or this) gets a @type, or
the class @created, or what a @call up to its @arguments returns, or the type of the
parameter @from. The references are @call, @type, @attribute and, for the rest, @identifier.

Definitions inside a function are kept where they are functions or classes; its variables
are bindings.
"""

from retrieval.syntax.extract import outline
from retrieval.syntax.fragment import faults, frame
from retrieval.syntax.named import Name, name_at
from retrieval.syntax.parsed import Parsed

__all__ = ["Name", "Parsed", "faults", "frame", "name_at", "outline"]
