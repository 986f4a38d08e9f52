"""An open document: bindings, references, scopes, and edits from version to version."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.languages import Language, language_of
from retrieval.outline import Outline
from retrieval.source import split_lines
from retrieval.syntax import Parsed
from tests.marked import at


def language(path: str) -> Language:
    found = language_of(path)
    assert found is not None
    return found


def parsed(path: str, text: str) -> Parsed:
    return Parsed.parse(split_lines(text), language(path))


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        (
            "a.py",
            "def f(a: Foo, b: 'list[Bar]' = None, *c: X): pass",
            "a Foo, b Bar, c X",
        ),
        ("a.py", "x: Optional[Foo] = None", "x Foo"),
        ("a.py", "x = pkg.Foo(1)", "x Foo"),
        ("a.py", "x = make_foo()", "x make_foo()"),
        ("a.py", "x = await self.store.get(1)", "x self.store.get()"),
        ("a.py", "x = f(1).g(2)", ""),
        ("a.py", "self.x = Foo()", "self.x Foo"),
        ("a.py", "def f(self, x: Foo): self.x = x", "x Foo, self.x Foo"),
        ("a.py", "def f(self, x): self.x = x", ""),
        ("a.py", "if (x := Foo()): pass", "x Foo"),
        ("a.java", "class A { void f(Foo a, Bar... b) {} }", "a Foo, b Bar"),
        ("a.java", "class A { List<Foo> x; }", "this.x Foo"),
        ("a.java", "class A { void f() { var x = new Foo<>(); } }", "x Foo"),
        ("a.java", "class A { void f() { Foo x = new Bar(); } }", "x Foo"),
        (
            "a.java",
            "class A { void f() { var x = this.svc.make(); } }",
            "x this.svc.make()",
        ),
        ("a.ts", "const x: Foo = f()", "x Foo"),
        ("a.ts", "let x = new ns.Foo<Bar>()", "x Foo"),
        ("a.ts", "const x = await make()", "x make()"),
        ("a.ts", "const x = y as Foo", "x Foo"),
        ("a.ts", "const x = require('y')", ""),
        ("a.ts", "class A { constructor(private s: Svc) {} }", "s Svc, this.s Svc"),
        ("a.ts", "class A { f(x: Foo) { this.x = x } }", "x Foo, this.x Foo"),
        ("a.js", "this.x = new Foo()", "this.x Foo"),
        ("a.cpp", "void f(const Foo& a, ns::Bar* b) {}", "a Foo, b Bar"),
        ("a.cpp", "void f() { auto x = std::make_unique<Foo>(1); }", "x Foo"),
        ("a.cpp", "void f() { std::unique_ptr<Foo> x; }", "x Foo"),
        ("a.cpp", "void f() { auto x = new Foo(); }", "x Foo"),
        ("a.cpp", "void f() { auto x = ns::make(); }", "x ns.make()"),
        ("a.c", "void f(struct foo *a) { point b = {0}; }", "a foo, b point"),
        (
            "a.php",
            "<?php function f(?Foo $a) { $x = new Foo; $y = $a->b(); }",
            "a Foo, x Foo, y a.b()",
        ),
        (
            "a.php",
            "<?php class A { function f(Foo $x) { $this->x = $x; } }",
            "x Foo, this.x Foo",
        ),
        (
            "a.cs",
            "class A { void F(Foo a) { var x = new Foo(); Bar y = new(); } }",
            "a Foo, x Foo, y Bar",
        ),
        ("a.cs", "class A { IList<Foo> P { get; } }", "this.P Foo"),
        (
            "a.go",
            "package m\nfunc f(a *Foo) { x := Foo{}; y := &q.Foo{}; z := New() }",
            "a Foo, x Foo, y Foo, z New()",
        ),
        (
            "a.rs",
            "fn f(a: &Foo) { let x = Foo::new(); let y: Vec<Foo> = z; }",
            "a Foo, x Foo, y Foo",
        ),
        ("a.rb", "x = Foo.new(1)", "x Foo"),
    ],
)
def test_bindings(path: str, text: str, expected: str) -> None:
    found = parsed(path, text).bindings()
    assert ", ".join(f"{one.name} {one.type}" for one in found) == expected


def test_bindings_know_their_scope_and_line() -> None:
    text = "class A:\n    def f(self, a: Foo):\n        b = Bar()\n"
    assert [
        (one.name, one.scope, one.line) for one in parsed("a.py", text).bindings()
    ] == [
        ("a", "A.f", 1),
        ("b", "A.f", 2),
    ]


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("a.py", "a.b(c.d)", "a name, b call, c name, d attribute"),
        ("a.py", "def f(a: Foo): pass", "a name, Foo type"),
        ("a.ts", "const x: Foo = a.b(new C())", "Foo type, a name, b call, C type"),
        ("a.java", "class A { Foo x = b.c(); }", "Foo type, b name, c call"),
        (
            "a.cpp",
            "int f() { return a->b(c.d); }",
            "a name, b call, c name, d attribute",
        ),
        (
            "a.php",
            "<?php $a->b(C::D, new E);",
            "a name, b call, C type, D attribute, E type",
        ),
        (
            "a.cs",
            "class A { int f() { return b.C(d.E); } }",
            "b name, C call, d name, E attribute",
        ),
        ("a.sh", 'run "$x"', "run call, x name"),
        ("a.go", "package m\nfunc f() { a.B(c) }", "a name, B call, c name"),
        ("a.rs", "fn f() { a.b(C::d()); }", "a name, b call, C name, d call"),
        ("a.rb", "a.b(C)", "a name, b call, C type"),
    ],
)
def test_references(path: str, text: str, expected: str) -> None:
    found = parsed(path, text).references()
    assert ", ".join(f"{name} {role}" for name, _, role in found) == expected


def test_references_of_some_rows() -> None:
    document = parsed("a.py", "a\nb\nc.d\ne\n")
    assert document.references(1, 2) == (
        ("b", 1, "name"),
        ("c", 2, "name"),
        ("d", 2, "attribute"),
    )


@pytest.mark.parametrize(
    ("path", "drawing", "scope"),
    [
        ("a.py", "class A:\n    def f(self):\n        x‸\n", "A f"),
        ("a.py", "class A:\n    def f(self):\n        x\n\n        ‸", "A f"),
        ("a.py", "class A:\n    def f(self):\n        x\n\n    ‸", "A"),
        ("a.py", "class A:\n    def f(self):\n        x\n\n‸", ""),
        (
            "a.py",
            "class A:\n    def f(self):\n        x = é.‸\n\n    def g(self): pass",
            "A f",
        ),
        ("a.py", "def f():\n    x\n\ny = 1\n    ‸", ""),
        ("a.java", "class A {\n  int f() {\n    ‸\n  }\n}", "A f"),
        (
            "a.java",
            "class A {\n  int f() {\n    if (a.‸\n  int g() { return 1; }\n}",
            "A f",
        ),
        ("a.java", "class A {\n  int f() {}\n  ‸\n}", "A"),
        (
            "a.ts",
            "namespace N {\n  class A {\n    f() {\n      this.‸\n    g() {}\n  }\n}",
            "N A f",
        ),
        ("a.cpp", "void A::f() {\n  é->‸\n}\nvoid g() {}", "f"),
        ("a.cs", "class A {\n  void F() {\n    foo(‸\n  }\n  void G() {}\n}", "A F"),
        ("a.sh", "f() {\n  ‸\n}", "f"),
        ("a.toml", "[a]\n‸", ""),
    ],
)
def test_scope_at_a_place(path: str, drawing: str, scope: str) -> None:
    cursor = at(drawing)
    document = Parsed.parse(cursor.document.lines, language(path))
    around = document.scope_at(cursor.line, cursor.column)
    assert " ".join(one.name for one in around) == scope


# Edits

PIECES = (
    "class A:\n", "    def f(self, x: int):\n", "        return x\n", "    y = 1\n", "\n",
    "class A {\n", "  int f(int x) {\n", "    return x;\n", "  }\n", "}\n", "// é日本🙂\n",
    "(", "{", "}", ")", '"', "'''", "/*", "*/", ".", "x", "é", "🙂 = 1\r\n", "a\r", "\r\n",
)  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES), max_size=14).map("".join)
PATHS = st.sampled_from(
    ["a.py", "a.java", "a.ts", "a.cpp", "a.php", "a.cs", "a.sh", "a.go"]
)


@settings(max_examples=150, deadline=None)
@given(path=PATHS, text=TEXTS, edits=st.lists(st.tuples(TEXTS, st.data()), max_size=4))
def test_edits_give_what_parsing_anew_gives(
    path: str, text: str, edits: list[tuple[str, st.DataObject]]
) -> None:
    lines = list(split_lines(text))
    document = Parsed.parse(lines, language(path))
    for piece, data in edits:
        first = data.draw(st.integers(0, len(lines)))
        last = data.draw(st.integers(first, len(lines)))
        new = list(split_lines(piece))
        if last < len(lines):
            new = new[:-1]
        lines[first:last] = new
        document = document.edited(first, last, new)
        anew = Parsed.parse(lines, language(path))
        assert document.rows == anew.rows
        assert document.tree is not None
        assert anew.tree is not None
        assert document.tree.root_node.end_byte == anew.tree.root_node.end_byte
        document.outline()
        document.bindings()
        document.references()
        if not anew.tree.root_node.has_error:
            assert str(document.tree.root_node) == str(anew.tree.root_node)
            assert document.outline() == anew.outline()
            assert document.bindings() == anew.bindings()
            assert document.references() == anew.references()


SOUND = {
    "a.py": "class A:\n    def f(self):\n        return 1\n\n    def g(self) -> B:\n        pass\n",
    "A.java": "class A {\n  int f() {\n    return 1;\n  }\n  B g() {\n  }\n}\n",
    "a.ts": "class A {\n  f() {\n    return 1;\n  }\n  g(): B {\n  }\n}\n",
    "a.cpp": "class A {\n  int f() {\n    return 1;\n  }\n  B g() {\n  }\n};\n",
    "a.php": "<?php\nclass A {\n  function f() {\n    return 1;\n  }\n}\n",
    "a.cs": "class A {\n  int f() {\n    return 1;\n  }\n  B g() {\n  }\n}\n",
    "a.sh": "f() {\n  echo 1\n}\ng() {\n  echo 2\n}\n",
}


@settings(max_examples=100, deadline=None)
@given(
    path=st.sampled_from(sorted(SOUND)),
    noise=st.lists(
        st.tuples(st.integers(0, 8), st.text("(){}[]\"'/*.=:é日 x", max_size=6))
    ),
)
def test_what_was_broken_and_is_mended_by_hand_is_as_if_never_broken(
    path: str, noise: list[tuple[int, str]]
) -> None:
    lines = split_lines(SOUND[path])
    sound = document = Parsed.parse(lines, language(path))
    for drawn, typed in noise:
        row = min(drawn, len(lines) - 1)
        document = document.edited(row, row + 1, [typed + lines[row]])
        document.outline()
        document = document.edited(row, row + 1, [lines[row]])
        assert document.outline() == sound.outline()
        assert document.bindings() == sound.bindings()


def test_lines_may_come_without_their_ends() -> None:
    text = "def f():\n    pass\n"
    bare = Parsed.parse(["def f():", "    pass", ""], language("a.py"))
    assert bare.rows == parsed("a.py", text).rows
    assert bare.outline() == parsed("a.py", text).outline()
    assert bare.edited(0, 1, ["def g():"]).outline().definitions[0].name == "g"


@pytest.mark.parametrize("lines", [[], [""], ["\n", ""]])
def test_an_empty_document_says_nothing(lines: list[str]) -> None:
    document = Parsed.parse(lines, language("a.py"))
    assert document.outline() == Outline()
    assert (document.bindings(), document.scope_at(0, 0)) == ((), ())
    assert (
        document.edited(0, len(lines), ["x = 1"]).outline().definitions[0].name == "x"
    )


def test_a_document_without_a_grammar_takes_edits() -> None:
    document = parsed("a.toml", "[a]\n").edited(0, 1, ["[b]\n"])
    assert document.rows == (b"[b]", b"")
    assert document.outline() == Outline()
    assert (document.references(), document.bindings()) == ((), ())


def test_a_lone_surrogate_is_no_fault() -> None:
    assert (
        parsed("a.py", "x = '\ud800'\ndef f(): pass\n").outline().definitions[1].name
        == "f"
    )
