"""A type as it is written, to the one name that says where to look: ``list[Foo]`` is Foo."""

import re
from functools import lru_cache


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_WRAPPERS = _words(
    """Optional Final ClassVar Annotated Type type list List set Set frozenset FrozenSet tuple
    Tuple Sequence MutableSequence Iterable Iterator AsyncIterable AsyncIterator Collection
    Generator AsyncGenerator Awaitable deque Deque Required NotRequired ReadOnly Unpack
    Union Promise Array ReadonlyArray Partial Readonly ReadonlySet PromiseLike Ref
    unique_ptr shared_ptr weak_ptr vector optional array span initializer_list
    reference_wrapper atomic not_null unordered_set forward_list
    ArrayList LinkedList HashSet TreeSet LinkedHashSet Stream Future CompletableFuture
    Supplier Provider Class Queue Stack Deque EnumSet
    Task ValueTask IEnumerable IEnumerator IList ICollection IReadOnlyList ISet
    IReadOnlyCollection IAsyncEnumerable IQueryable Nullable Lazy ObservableCollection
    Box Rc Arc Option Vec VecDeque Result RefCell Cell Mutex RwLock Pin Cow Weak"""
)
_MAPS = _words(
    """dict Dict Mapping MutableMapping defaultdict DefaultDict OrderedDict Coroutine Map
    ReadonlyMap WeakMap Record map unordered_map multimap HashMap TreeMap LinkedHashMap
    ConcurrentHashMap ConcurrentMap SortedMap NavigableMap EnumMap Dictionary IDictionary
    IReadOnlyDictionary SortedDictionary ConcurrentDictionary BTreeMap IndexMap"""
)
_SKIPPED = _words(
    """None null undefined const readonly struct enum union class mut final static typename
    dyn impl ref out in params keyof typeof volatile register constexpr inline extern
    unsigned signed scoped unique asserts is this nil NoneType chan mutable"""
)
UNTOLD = frozenset({"var", "auto", "let", "val"})
"""What stands in a type's place where the compiler infers it."""

_LIFETIME = re.compile(r"&\s*'\w+\s+")
_NAME = re.compile(r"@?[^\W\d][\w$]*(?:(?:\.|::|\\)[^\W\d][\w$]*)*")
_OPEN = {"<": ">", "[": "]"}
_LONG = 400


@lru_cache(maxsize=1 << 14)
def bare(written: str) -> str:
    """Return the main name of a type, "" where it has none (a literal, a function).

    Containers and pointers stand for what they hold (maps for their values), a union for
    its first name, ``a.b.Foo`` for Foo.
    """
    text = _LIFETIME.sub("", written[:_LONG]).strip().lstrip(":->?&*\\ \t\n'\"(")
    if written.lstrip(" :").startswith(("{", "(", "`")) and "=>" in written:
        return ""
    at = 0
    while found := _NAME.search(text, at):
        at = found.end()
        if found[0] not in _SKIPPED:
            return _main(found[0], text[at:].lstrip())
    return ""


def _main(name: str, rest: str) -> str:
    last = last_name(name)
    if rest[:1] not in _OPEN:
        return last
    inner, after = _inside(rest)
    if last in _WRAPPERS:
        return next(filter(None, map(bare, _parts(inner))), last)
    if last in _MAPS:
        held = bare(after) if last == "map" and rest[0] == "[" else ""
        return held or bare(_parts(inner)[-1]) or last
    return last


_SEPARATOR = re.compile(r"\.|::|->|\\")


def last_name(name: str) -> str:
    r"""Return what stands behind the last ``.``, ``::``, ``->`` or ``\``."""
    return _SEPARATOR.split(name)[-1]


def _inside(text: str) -> tuple[str, str]:
    """Cut ``<a, b<c>> d`` into what the first bracket holds and what is behind it."""
    depth = 0
    for at, sign in enumerate(text):
        depth += (sign in "<[({") - (sign in ">])}")
        if depth == 0:
            return text[1:at], text[at + 1 :]
    return text[1:], ""


def _parts(text: str) -> list[str]:
    """Cut at the commas that stand in no bracket."""
    parts, depth, start = [], 0, 0
    for at, sign in enumerate(text):
        depth += (sign in "<[({") - (sign in ">])}")
        if sign == "," and depth == 0:
            parts.append(text[start:at])
            start = at + 1
    return [*parts, text[start:]]


_CLAUSES = re.compile(r"\b(?:extends|implements|with|permits)\b|[:+]{1}(?!:)(?<!::)")
_ACCESS = re.compile(r"^\s*(?:(?:public|private|protected|virtual)\s+)+")


@lru_cache(maxsize=1 << 12)
def bases(written: str) -> tuple[str, ...]:
    """Return the names in ``(A, b.C, metaclass=M)`` or ``extends A<T> implements B, C``."""
    text = written[: 4 * _LONG].strip()
    if text.startswith("("):
        text = text[1:].removesuffix(")")
    text = text.removeprefix("<") if not text.endswith(">") else text
    found = []
    for clause in _CLAUSES.split(text):
        for part in _parts(clause):
            name = _NAME.match(_ACCESS.sub("", part).strip().lstrip("\\&?"))
            if name and not re.match(r"[^<(\[]*=", part):
                found.append(last_name(name[0]))
    return tuple(dict.fromkeys(found))


_CALLEE = re.compile(
    r"(?:new\s+)?(\$?[\w\\][\w$]*(?:\s*(?:\?\.|\.|::|->|\\)\s*[\w$]+)*)\s*(<.*>|!)?\s*",
    re.DOTALL,
)
_MAKERS = frozenset({"make_unique", "make_shared", "make_optional", "allocate_shared"})
_CASTS = frozenset({"static_cast", "dynamic_cast", "reinterpret_cast", "const_cast"})


def called(callee: str, language: str) -> str:
    """Return the type of what a call gives: "Foo" of a class, "make.foo()" else.

    "" where ``callee`` is no plain name, or is a way of importing.
    """
    found = _CALLEE.fullmatch(callee.strip()) if len(callee) < _LONG else None
    if not found or found[1] in {"require", "super", "import"}:
        return ""
    names = re.split(r"\s*(?:\?\.|\.|::|->|\\)\s*", found[1].lstrip("$\\"))
    last = names[-1]
    if last in _MAKERS | _CASTS and found[2]:
        return bare(_parts(found[2][1:-1])[0])
    if language in {"python", "cpp", "kotlin", "swift", "scala"} and _is_class(last):
        return last
    if language == "rust" and len(names) > 1 and _is_class(names[-2]):
        made = last == "default" or last.startswith(("new", "with_", "from"))
        return names[-2] if made else f"{'.'.join(names)}()"
    if language == "ruby" and last == "new":
        return names[-2] if len(names) > 1 else ""
    return f"{'.'.join(names)}()"


def _is_class(name: str) -> bool:
    name = name.lstrip("_")
    return name[:1].isupper() and not (len(name) > 1 and name.isupper() and "_" in name)
