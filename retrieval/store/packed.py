"""One content, ready for the store, and back: text, outline, words and facts as bytes."""

import re
import zlib
from dataclasses import dataclass
from hashlib import blake2b
from itertools import pairwise

import msgspec

from retrieval.outline import Definition, Import, Kind, Outline

CHUNK_LINES = 10
MAX_CHUNKS = 4096
"""A chunk's row is ``content * MAX_CHUNKS + chunk``: lines after that are not found."""

_WORD = re.compile(r"[^\W\d]\w{1,63}")
_ASCII_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]{1,63}")
"""The same in text that is all ASCII, in two thirds of the time."""
_CHUNK = re.compile(rf"(?:[^\n]*+\n){{{CHUNK_LINES}}}")

_Row = tuple[str, str, str, int, int, int, int, int, int, tuple[str, ...], str]
_Imported = tuple[str, int, tuple[str, ...], tuple[str, ...]]


class _Outline(msgspec.Struct, array_like=True):
    """The outline's blob, not compressed: one definition is taken out without the others.

    ``names`` are the definitions' names and ``bases`` all bases that are not empty, as
    (base, which definition).
    """

    namespace: str
    names: tuple[str, ...]
    bases: tuple[tuple[str, int], ...]
    definitions: tuple[msgspec.Raw, ...]
    imports: msgspec.Raw


_encode = msgspec.msgpack.Encoder().encode
_decode_outline = msgspec.msgpack.Decoder(_Outline).decode
_decode_row = msgspec.msgpack.Decoder(_Row).decode
_decode_imports = msgspec.msgpack.Decoder(tuple[_Imported, ...]).decode
_KINDS = {kind.value: kind for kind in Kind}


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """``key`` is the content's name: the hash of its bytes and its language.

    ``facts`` and each of ``chunks`` are words with spaces between, as they are indexed.
    """

    key: bytes
    language: str
    text: bytes
    outline: bytes
    facts: str
    chunks: tuple[str, ...]


def key_of(digest: bytes, language: str) -> bytes:
    """Return the key of a content: the same bytes say something else in C than in Bash."""
    return digest + language.encode()


def packed(key: bytes, language: str, text: str, outline: Outline) -> Packed:
    """Return what the store keeps; ``text`` is masked and has LF line ends."""
    return Packed(
        key=key,
        language=language,
        text=zlib.compress(text.encode("utf-8", "replace"), 1),
        outline=_packed_outline(outline),
        facts=facts_of(outline),
        chunks=chunks_of(text),
    )


def chunks_of(text: str) -> tuple[str, ...]:
    """Return the words of each ten lines; each word once."""
    words = (_ASCII_WORD if text.isascii() else _WORD).findall
    starts = [0]
    while len(starts) <= MAX_CHUNKS and (found := _CHUNK.match(text, starts[-1])):
        starts.append(found.end())
    if len(starts) <= MAX_CHUNKS:  # what is left has less than ten line ends
        starts.append(len(text))
    return tuple(
        " ".join({*words(text, start, end)}) for start, end in pairwise(starts)
    )


def is_word(term: str) -> bool:
    """Return whether ``term`` can be looked up: it is one whole word of the index."""
    return _WORD.fullmatch(term) is not None


def facts_of(outline: Outline) -> str:
    """Return the facts that a content is found by; each once."""
    names = {each.name for each in outline.definitions}
    bases = {base for each in outline.definitions for base in each.bases}
    facts = {fact("definition", name) for name in names}
    facts |= {fact("base", base) for base in bases}
    facts |= {fact("import", each.target) for each in outline.imports}
    if outline.namespace:
        facts.add(fact("namespace", outline.namespace))
    return " ".join(facts)


def fact(kind: str, name: str) -> str:
    """Return one fact as a word: names are hashed, as they may hold any sign."""
    named = f"{kind} {name}".encode("utf-8", "replace")
    return blake2b(named, digest_size=8).hexdigest()


def lines_of(text: bytes) -> tuple[str, ...]:
    """Return a content's lines, without ends; raises zlib.error or UnicodeDecodeError."""
    return tuple(zlib.decompress(text).decode().split("\n"))


def outline_of(blob: bytes) -> Outline:
    """Return the whole outline; raises msgspec.MsgspecError."""
    read = _decode_outline(blob)
    return Outline(
        definitions=tuple(map(_definition, read.definitions)),
        imports=tuple(
            Import(target=target, line=line, names=names, local=local)
            for target, line, names, local in _decode_imports(read.imports)
        ),
        namespace=read.namespace,
    )


def definitions_named(blob: bytes, name: str) -> list[Definition]:
    """Return the definitions of ``name`` alone; raises msgspec.MsgspecError."""
    read = _decode_outline(blob)
    return [
        _definition(read.definitions[place])
        for place, each in enumerate(read.names)
        if each == name
    ]


def definitions_from(blob: bytes, base: str) -> list[Definition]:
    """Return the classes made from ``base`` alone; raises msgspec.MsgspecError."""
    read = _decode_outline(blob)
    return [
        _definition(read.definitions[at]) for each, at in read.bases if each == base
    ]


def _packed_outline(outline: Outline) -> bytes:
    defined = outline.definitions
    return _encode(
        _Outline(
            namespace=outline.namespace,
            names=tuple(each.name for each in defined),
            bases=tuple(
                (base, at) for at, each in enumerate(defined) for base in each.bases
            ),
            definitions=tuple(msgspec.Raw(_encode(_row(each))) for each in defined),
            imports=msgspec.Raw(
                _encode([(i.target, i.line, i.names, i.local) for i in outline.imports])
            ),
        )
    )


def _row(one: Definition) -> _Row:
    return (
        one.name,
        one.kind,
        one.scope,
        one.first,
        one.start,
        one.header_last,
        one.last,
        one.doc_first,
        one.doc_last,
        one.bases,
        one.type,
    )


def _definition(raw: msgspec.Raw) -> Definition:
    name, kind, scope, first, start, header, last, doc, doc_end, bases, typed = (
        _decode_row(raw)
    )
    return Definition(
        name=name,
        kind=_KINDS[kind],
        scope=scope,
        first=first,
        start=start,
        header_last=header,
        last=last,
        doc_first=doc,
        doc_last=doc_end,
        bases=bases,
        type=typed,
    )
