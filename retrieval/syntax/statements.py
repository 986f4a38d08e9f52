"""One import statement, as text, to what it imports: a reader for each language."""

import re
from collections.abc import Callable, Iterator

from retrieval.outline import Import
from retrieval.syntax.types import last_name

IMPORTING = frozenset({"require", "import", "source", ".", "require_relative", "load"})
"""What a call that imports calls."""

_STRING = re.compile(r"(['\"`])((?:\\.|(?!\1).)*)\1", re.DOTALL)


def read(statement: str, row: int, language: str) -> list[Import]:
    """Return what ``statement``, which begins in ``row``, imports; nothing if unreadable."""
    reader = _READERS.get(language)
    if reader is None:
        return []
    return [
        Import(target=target, line=row, names=names, local=local)
        for target, names, local in reader(statement)
        if target
    ]


_Found = tuple[str, tuple[str, ...], tuple[str, ...]]


_PYTHON_NOISE = re.compile(r"#[^\n]*|\\\n|[()]")
_PYTHON_FROM = re.compile(r"from\s+([.\s\w]+?)\s+import\s+(.*)", re.DOTALL)


def _python(text: str) -> Iterator[_Found]:
    text = _PYTHON_NOISE.sub(" ", text).strip().removesuffix(";")
    found = _PYTHON_FROM.match(text)
    if found:
        pairs = [_aliased(part) for part in found[2].split(",") if part.strip()]
        names = tuple(name for name, _ in pairs)
        local = () if names == ("*",) else tuple(one for _, one in pairs)
        yield "".join(found[1].split()), names, local
        return
    for part in text.removeprefix("import").split(","):
        name, alias = _aliased(part)
        yield name, (), (alias,)


def _aliased(part: str) -> tuple[str, str]:
    """Return the name and what it is called here: ``a.b as c``, ``a``."""
    words = part.split()
    if not words:
        return "", ""
    return words[0], words[2] if len(words) > 2 and words[1] == "as" else words[0]  # noqa: PLR2004


_BRACES = re.compile(r"\{(.*?)\}", re.DOTALL)
_COMMENTS = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)


def _javascript(text: str) -> Iterator[_Found]:
    strings = list(_STRING.finditer(text))
    if not strings:
        return
    before = re.compile(r"(?:from|import|\()\s*$")
    sources = (one for one in strings if before.search(text[: one.start()]))
    target = next(sources, strings[-1])
    clause = _COMMENTS.sub(" ", text[: target.start()])
    words = _CLAUSE.match(clause)
    if not words:  # require("x"), import("x")
        yield target[2], *_taken(clause)
        return
    pairs = [*_outside_braces(words[1]), *_in_braces(words[1])]
    names = tuple(name for name, _ in pairs)
    local = tuple(local for _, local in pairs)
    yield (
        target[2],
        names,
        () if clause.startswith("export") or not all(local) else local,
    )


_CLAUSE = re.compile(
    r"(?:import|export)\b(?!\s*\()\s*(?:type\s+(?!from\b))?(.*)", re.DOTALL
)


def _outside_braces(clause: str) -> Iterator[tuple[str, str]]:
    """Read ``a``, ``* as a`` and ``a = require(``."""
    for part in re.sub(r"\bfrom\b", " ", _BRACES.sub("", clause)).split(","):
        words = re.sub(r"=\s*require\s*\(", " ", part).split()
        if words[:1] == ["*"]:
            yield "*", words[-1] if len(words) > 1 else ""
        elif words:
            yield "default", words[0]


def _in_braces(clause: str) -> Iterator[tuple[str, str]]:
    """Read ``{ a, type b as c }``."""
    braces = _BRACES.search(clause)
    for part in braces[1].split(",") if braces else ():
        name, local = _aliased(re.sub(r"^\s*type\s+(?!as\b|$)", "", part))
        if name:
            yield name, local


def _taken(clause: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Read what stands left of a call that imports: ``x =``, ``{ a, b: c } =``, nothing."""
    left, equals, _ = clause.partition("=")
    if not equals:
        return (), ()
    braces = _BRACES.search(left)
    if not braces:
        return (), (left.strip(),) if left.strip().isidentifier() else ()
    pairs = [_aliased(part.replace(":", " as ")) for part in braces[1].split(",")]
    pairs = [pair for pair in pairs if pair[0]]
    return tuple(name for name, _ in pairs), tuple(local for _, local in pairs)


_JAVA = re.compile(r"import\s+(static\s+)?([\w.\s]+?)(\.\s*\*)?\s*;?\s*$")


def _java(text: str) -> Iterator[_Found]:
    found = _JAVA.match(text)
    if not found:
        return
    path = "".join(found[2].split())
    if found[3]:
        yield f"{path}.*", ("*",), ()
    elif found[1]:
        outer, _, name = path.rpartition(".")
        yield outer, (name,), (name,)
    else:
        yield path, (), (last_name(path),)


def _include(text: str) -> Iterator[_Found]:
    found = re.search(r"<[^>\n]+>|\"[^\"\n]+\"", text)
    if found:
        yield found[0], (), ()


_CSHARP = re.compile(
    r"(?:global\s+)?using\s+(static\s+|unsafe\s+)?(?:(\w+)\s*=\s*)?([\w.:]+)"
)


def _csharp(text: str) -> Iterator[_Found]:
    found = _CSHARP.match(text)
    if found:
        names = ("*",) if found[1] else ()
        yield found[3].removeprefix("global::"), names, (found[2],) if found[2] else ()


def _php(text: str) -> Iterator[_Found]:
    if not re.match(r"use\b", text):
        yield (
            re.sub(r"^(?:require|include)(?:_once)?\s*", "", text).rstrip("; "),
            (),
            (),
        )
        return
    body = re.sub(r"^use\s+(?:function\s+|const\s+)?", "", text.strip()).rstrip("; \n")
    grouped = re.match(r"(.*?)\\\s*\{(.*)\}", body, re.DOTALL)
    prefix, parts = (
        (grouped[1].strip("\\ ") + "\\", grouped[2]) if grouped else ("", body)
    )
    for part in parts.split(","):
        name, alias = _aliased(re.sub(r"^\s*(?:function|const)\s+", "", part))
        if name:
            path = prefix + name.lstrip("\\")
            yield path, (), (last_name(alias),)


def _bash(text: str) -> Iterator[_Found]:
    found = re.match(r"(?:source|\.)\s+(\S.*)", text, re.DOTALL)
    if found:
        word = re.match(r"(?:\"[^\"]*\"|'[^']*'|\$\([^)]*\)|\\.|\S)+", found[1])
        if word:
            yield re.sub(r"(?<!\\)['\"]", "", word[0]), (), ()


def _go(text: str) -> Iterator[_Found]:
    found = _STRING.search(text)
    if found:
        alias = text[: found.start()].strip()
        names = ("*",) if alias == "." else ()
        local = () if alias in {".", "_"} else (alias or found[2].rpartition("/")[2],)
        yield found[2], names, local


def _rust(text: str) -> Iterator[_Found]:
    text = re.sub(r"^(?:pub(?:\([^)]*\))?\s+)?", "", " ".join(text.split())).rstrip(
        "; "
    )
    found = re.match(r"(use|mod|extern crate) (.*)", text)
    if not found:
        return
    if found[1] == "use":
        yield from _rust_tree("", found[2])
    else:
        name, alias = _aliased(found[2])
        yield (f"self::{name}" if found[1] == "mod" else name), (), (alias,)


def _rust_tree(prefix: str, tree: str) -> Iterator[_Found]:
    tree = tree.strip()
    opened = tree.find("{")
    if opened >= 0:
        inner = tree[opened + 1 : tree.rfind("}")]
        depth, start = 0, 0
        for at, sign in enumerate(inner + ","):
            depth += (sign == "{") - (sign == "}")
            if sign == "," and depth == 0:
                yield from _rust_tree(prefix + tree[:opened], inner[start:at])
                start = at + 1
        return
    name, alias = _aliased(tree)
    if not name:
        return
    path = (prefix + name).removesuffix("::self")
    outer, _, last = path.rpartition("::")
    if last == "*":
        yield outer, ("*",), ()
    elif outer:
        yield outer, (last,), (last if alias in {name, "self"} else alias,)
    else:
        yield path, (), (alias,)


def _ruby(text: str) -> Iterator[_Found]:
    found = re.match(r"(require_relative|require|load)\W", text)
    string = _STRING.search(text)
    if found and string:
        relative = found[1] == "require_relative" and not string[2].startswith(".")
        yield ("./" if relative else "") + string[2], (), ()


def _lua(text: str) -> Iterator[_Found]:
    string = _STRING.search(text)
    if string:
        yield string[2], (), ()


def _dotted(text: str) -> Iterator[_Found]:
    """Kotlin, Scala, Swift: ``import a.b.C as D``, ``import a.b._``."""
    found = re.match(
        r"import\s+([\w.]+?)(\.[*_]|\.\{.*)?(?:\s+as\s+(\w+))?\s*$", text, re.DOTALL
    )
    if found:
        star = (f"{found[1]}.*", ("*",), ())
        yield star if found[2] else (found[1], (), (found[3] or last_name(found[1]),))


_READERS: dict[str, Callable[[str], Iterator[_Found]]] = {
    "python": _python,
    "javascript": _javascript,
    "typescript": _javascript,
    "tsx": _javascript,
    "java": _java,
    "c": _include,
    "cpp": _include,
    "csharp": _csharp,
    "php": _php,
    "bash": _bash,
    "go": _go,
    "rust": _rust,
    "ruby": _ruby,
    "lua": _lua,
    "kotlin": _dotted,
    "scala": _dotted,
    "swift": _dotted,
}
