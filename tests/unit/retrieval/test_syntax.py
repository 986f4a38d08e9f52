"""What each language's queries find, as rows: ``kind scope.name(bases):type first-last``."""

import pytest

from retrieval.languages import LANGUAGES, Language, language_of
from retrieval.outline import Definition, Outline
from retrieval.source import split_lines
from retrieval.syntax import Parsed, outline


def of(path: str, text: str) -> Outline:
    language = language_of(path)
    assert language is not None
    return outline(text, language)


def drawn(one: Definition) -> str:
    name = f"{one.scope}.{one.name}" if one.scope else one.name
    bases = f"({', '.join(one.bases)})" if one.bases else ""
    return f"{one.kind} {name}{bases}" + (f": {one.type}" if one.type else "")


def check(path: str, text: str, expected: str) -> None:
    found = [drawn(one) for one in of(path, text).definitions]
    assert found == [line.strip() for line in expected.strip().splitlines()]


def test_python() -> None:
    check(
        "a.py",
        """
LIMIT: int = 3
class Foo(Bar[T], pkg.Baz, metaclass=Meta):
    shown: Optional[Qux] = None
    def __init__(self, a: Foo, bs: "list[Bar]" = None, c=1):
        self.a = a
        self.bs = bs
        self.client: http.Client = c
        self.made = Made(1)
        self.found = find(1)
        self.a = None
        other.thing = 1
        local = 2
        def inner() -> None: ...
    async def get(self, n: int) -> dict[str, "Foo"]:
        return {}
type Alias = int
""",
        """
        variable LIMIT: int
        class Foo(Bar, Baz)
        field Foo.shown: Qux
        method Foo.__init__
        field Foo.a: Foo
        field Foo.bs: Bar
        field Foo.client: Client
        field Foo.made: Made
        field Foo.found: find()
        function Foo.__init__.inner
        method Foo.get: Foo
        type Alias
        """,
    )


def test_cpp() -> None:
    check(
        "a.cpp",
        """
#ifndef GUARD
#define MAX 3
#define TWICE(a) a
namespace a::b { namespace {
template <class T> class Foo final : public Bar<T>, private ns::Baz {
  Foo(int); ~Foo();
  int x, *y;
  virtual const Foo& get(int a) const = 0;
  static std::vector<Foo> all;
  Foo operator+(int) { Foo local; return local; }
  enum class Color { Red };
  using Own = int;
};
struct Declared;
typedef struct { int k; } Old;
std::unique_ptr<Foo> make(const Foo& a);
template <class T> auto Foo<T>::got(int a) -> Foo { return f(a); }
Foo::Foo() : x(1) {}
static const int K = 3;
}}
#endif
""",
        """
        macro MAX
        macro TWICE
        module a.b
        class a.b.Foo(Bar, Baz)
        method a.b.Foo.Foo
        method a.b.Foo.~Foo
        field a.b.Foo.x: int
        field a.b.Foo.y: int
        method a.b.Foo.get: Foo
        field a.b.Foo.all: Foo
        method a.b.Foo.operator+: Foo
        class a.b.Foo.Color
        field a.b.Foo.Color.Red
        type a.b.Foo.Own: int
        class a.b.Old
        field a.b.Old.k: int
        function a.b.make: Foo
        method a.b.Foo.got
        method a.b.Foo.Foo
        variable a.b.K: int
        """,
    )


def test_c() -> None:
    check(
        "a.c",
        """
struct point { int x; struct point *next; };
typedef struct { int k; } Old;
typedef unsigned long size;
enum color { RED, GREEN };
static struct point *origin(void) { int local; return 0; }
int declared(int a);
extern int total;
""",
        """
        class point
        field point.x: int
        field point.next: point
        class Old
        field Old.k: int
        type size
        class color
        field color.RED
        field color.GREEN
        function origin: point
        function declared: int
        variable total: int
        """,
    )


def test_java() -> None:
    check(
        "A.java",
        """
public class Foo<T> extends Bar<T> implements Baz, q.Qux {
  private final List<Foo> all = new ArrayList<>(), more;
  enum E { X, Y(1) }
  record R(int x, Foo y) implements Z {}
  interface I extends J, K { void f(); }
  Foo() { int local = 1; }
  public Map<String, Foo> get(int a) { return null; }
  static final int K = 1;
}
@interface Marked { int depth(); }
""",
        """
        class Foo(Bar, Baz, Qux)
        field Foo.all: Foo
        field Foo.more: Foo
        class Foo.E
        field Foo.E.X
        field Foo.E.Y
        class Foo.R(Z)
        field Foo.R.x: int
        field Foo.R.y: Foo
        class Foo.I(J, K)
        method Foo.I.f: void
        method Foo.Foo
        method Foo.get: Foo
        field Foo.K: int
        class Marked
        method Marked.depth: int
        """,
    )


def test_php() -> None:
    check(
        "a.php",
        r"""<?php
namespace A\B;
abstract class Foo extends Bar implements Baz, \Q\W {
  use Shared; const K = 1;
  private ?Foo $x = null; public static $y;
  public function __construct(private readonly Svc $s, int $b) { $local = 1; }
  abstract function get(): ?Foo;
}
interface I extends J { function a(): self; }
trait Shared {}
enum Suit: string { case Hearts = 'h'; }
function top(Foo $a): array {}
const LIMIT = 1;
""",
        """
        class Foo(Bar, Baz, W)
        field Foo.K
        field Foo.x: Foo
        field Foo.y
        method Foo.__construct
        field Foo.s: Svc
        method Foo.get: Foo
        class I(J)
        method I.a: self
        class Shared
        class Suit
        field Suit.Hearts
        function top: array
        variable LIMIT
        """,
    )


TYPESCRIPT = """
export default class Foo<T> extends a.Bar<T> implements Baz, Qux<A, B> {
  private readonly all: Foo[] = [];
  made = new Foo();
  #secret?: A.B;
  constructor(private readonly svc: Svc, plain: number) { super(); const local = 1; }
  get value(): Promise<Foo> { return this.v; }
  handle = (e: Event): void => {};
}
abstract class Q { abstract m(): Foo; }
interface I extends J, K<L> { a: Foo; m(x: number): Bar; }
type Alias = A | B;
enum E { A, B = 1 }
namespace N { export const f = (a: Foo): Bar => g(a); export function g() {} }
const limit: number = 1, run = async () => {};
declare function ambient(a: string): void;
"""
TYPESCRIPT_SAYS = """
        class Foo(Bar, Baz, Qux)
        field Foo.all: Foo
        field Foo.made: Foo
        field Foo.secret: B
        method Foo.constructor
        field Foo.svc: Svc
        method Foo.value: Foo
        method Foo.handle: void
        class Q
        method Q.m: Foo
        class I(J, K)
        field I.a: Foo
        method I.m: Bar
        type Alias
        class E
        field E.A
        field E.B
        module N
        function N.f: Bar
        function N.g
        variable limit: number
        function run
        function ambient: void
        """


@pytest.mark.parametrize("path", ["a.ts", "a.tsx"])
def test_typescript(path: str) -> None:
    check(path, TYPESCRIPT, TYPESCRIPT_SAYS)


def test_tsx_reads_elements() -> None:
    check(
        "a.tsx",
        "export const App = (p: Props) => { return <Foo a={1}>don't</Foo>; };\nclass B {}\n",
        """
        function App
        class B
        """,
    )


def test_javascript() -> None:
    check(
        "a.js",
        """
class Foo extends Bar { x = 1; #y; constructor() { this.z = new Z(); } m() {} f = () => 1; }
function top() { const local = 1; }
const limit = 1, run = function () {};
exports.shared = 3;
Foo.prototype.old = function () {};
other.thing = 1;
""",
        """
        class Foo(Bar)
        field Foo.x
        field Foo.y
        method Foo.constructor
        field Foo.z
        method Foo.m
        method Foo.f
        function top
        variable limit
        function run
        variable shared
        function old
        """,
    )


def test_csharp() -> None:
    check(
        "a.cs",
        """
namespace A.B {
public class Foo<T> : Bar<T>, IBaz where T : Qux {
  private readonly Foo x, y = new Foo();
  public List<Foo> P { get; set; } = new();
  public event Action Changed;
  delegate void D(int a);
  public Foo(Svc s) : base(s) { var local = 1; }
  public async Task<Foo> Get(int a) => await f(a);
  enum E { A, B = 1 }
  record R(int A, Foo B) : Q;
  void L() { int Local() { return 1; } }
} }
""",
        """
        module A.B
        class A.B.Foo(Bar, IBaz)
        field A.B.Foo.x: Foo
        field A.B.Foo.y: Foo
        field A.B.Foo.P: Foo
        field A.B.Foo.Changed: Action
        type A.B.Foo.D: void
        method A.B.Foo.Foo
        method A.B.Foo.Get: Foo
        class A.B.Foo.E
        field A.B.Foo.E.A
        field A.B.Foo.E.B
        class A.B.Foo.R(Q)
        field A.B.Foo.R.A: int
        field A.B.Foo.R.B: Foo
        method A.B.Foo.L: void
        function A.B.Foo.L.Local: int
        """,
    )


def test_bash() -> None:
    check(
        "a.sh",
        "X=1\nexport K=3\nf() {\n  local a=1\n}\nfunction g { echo; }\n",
        """
        variable X
        variable K
        function f
        function g
        """,
    )


def test_go() -> None:
    check(
        "a.go",
        """
package main
type Foo struct { Bar; x int; y *Baz }
type I interface { M(a int) Foo }
type T = int
const K = 1
var V Foo
func (f *Foo[T]) Get(a int) (*Foo, error) { x := 1 }
func NewFoo() map[string]*Foo { return nil }
""",
        """
        class Foo
        field Foo.x: int
        field Foo.y: Baz
        class I
        method I.M: Foo
        type T
        variable K
        variable V: Foo
        method Foo.Get: Foo
        function NewFoo: Foo
        """,
    )


def test_rust() -> None:
    check(
        "a.rs",
        """
pub struct Foo<T> { x: Vec<Bar>, y: &'static str }
impl<T> Tr for Foo<T> { fn get(&self, a: Foo) -> Option<Foo> { let x = 1; None } }
enum E { A, B(i32) }
trait Tr: Q { fn f(); }
mod inner { const K: i32 = 1; }
macro_rules! twice { () => {} }
fn top() {}
""",
        """
        class Foo
        field Foo.x: Bar
        field Foo.y: str
        method Foo.get: Foo
        class E
        field E.A
        field E.B
        class Tr(Q)
        method Tr.f
        module inner
        variable inner.K: i32
        macro twice
        function top
        """,
    )


def test_ruby() -> None:
    check(
        "a.rb",
        """
module M
  class Foo < Bar::Baz
    K = 1
    def get(a)
      @x = 1
    end
    def self.make; end
  end
end
""",
        """
        module M
        class M.Foo(Baz)
        variable M.Foo.K
        method M.Foo.get
        field M.Foo.x
        method M.Foo.make
        """,
    )


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        (
            "a.kt",
            "class Foo(val a: Bar) : Base(), I { val x: Foo = 1\n fun get(): Foo { } }",
            "class Foo(Base, I)\nfield Foo.a: Bar\nfield Foo.x: Foo\nmethod Foo.get: Foo",
        ),
        (
            "a.swift",
            "class Foo: Bar { let y: Foo\n func get() {} }\nextension Foo { func g() {} }",
            "class Foo(Bar)\nfield Foo.y: Foo\nmethod Foo.get\nmethod Foo.g",
        ),
        (
            "a.scala",
            "class Foo(a: Int) extends Bar with Baz { def get(b: Foo): Foo = f(b) }",
            "class Foo(Bar, Baz)\nfield Foo.a: Int\nmethod Foo.get: Foo",
        ),
        (
            "a.lua",
            "function M.foo(a) end\nfunction M:bar() end\nlocal function baz() end\n",
            "method M.foo\nmethod M.bar\nfunction baz",
        ),
    ],
)
def test_long_tail_with_the_extra_languages(
    path: str, text: str, expected: str
) -> None:
    pytest.importorskip("tree_sitter_language_pack")
    check(path, text, expected)


@pytest.mark.parametrize("path", ["a.toml", "a.sql"])
def test_without_a_grammar_there_is_no_outline(path: str) -> None:
    assert of(path, "select 1") == Outline()


# Rows


def rows(path: str, text: str) -> dict[str, tuple[int, ...]]:
    return {
        one.name: (
            one.first,
            one.start,
            one.header_last,
            one.last,
            one.doc_first,
            one.doc_last,
        )
        for one in of(path, text).definitions
    }


def test_python_rows_of_decorators_header_and_docstring() -> None:
    text = """\
# About f,
# at length.
@cache
@dec(
    1,
)
def f(
    a: int,
) -> int:
    '''Doc
    two.'''
    return a

# not f's

def g(): return 1
"""
    assert rows("a.py", text) == {
        "f": (0, 6, 8, 11, 9, 10),
        "g": (15, 15, 15, 15, -1, -1),
    }


def test_java_rows_of_annotations_inside_the_definition() -> None:
    text = """\
class A {
  int a; /* not about f */
  @Deprecated int b;
  /**
   * Doc.
   */
  @Override
  @Named(
    "f")
  public int f(int a)
  {
    return a;
  }
  // end of line
  int g() { return 1; }
}
"""
    found = rows("A.java", text)
    assert found["f"] == (3, 9, 9, 12, 3, 5)
    assert found["b"] == (2, 2, 2, 2, -1, -1)
    assert found["g"] == (13, 14, 14, 14, 13, 13)


def test_typescript_rows_of_decorators_before_the_class() -> None:
    text = """\
/** Doc. */
@Injectable({
  a: 1
})
export class A {
  @Input() b: string;
  c: string;
}
"""
    found = rows("a.ts", text)
    assert found["A"] == (0, 4, 4, 7, 0, 0)
    assert found["b"] == (5, 5, 5, 5, -1, -1)
    assert found["c"] == (6, 6, 6, 6, -1, -1)


def test_csharp_and_rust_and_cpp_rows() -> None:
    assert rows("a.cs", "/// D\n[A]\n[B]\nclass C\n{\n}\n")["C"] == (0, 3, 3, 5, 0, 0)
    assert rows("a.rs", "/// D\n#[a]\nfn f() {\n}\n")["f"] == (0, 2, 2, 3, 0, 0)
    assert rows("a.cpp", "// D\ntemplate <class T>\nT f(\n  T a) {\n}\n")["f"] == (
        *(0, 2, 3, 4, 0, 0),
    )


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    "language", [one for one in LANGUAGES if one.name in "python go"]
)
def test_any_line_end_gives_the_same_rows(end: str, language: Language) -> None:
    text = "package é\ntype T struct {\n x int }\n\nfunc f() {\n}\n"
    if language.name == "python":
        text = "class T:\n    é = 1\n    def f(self):\n        return 1\n"
    assert outline(text.replace("\n", end), language) == outline(text, language)
    lines = split_lines(text.replace("\n", end))
    assert Parsed.parse(lines, language).outline() == outline(text, language)


# Imports


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("a.py", "import os, a.b as c", ["os () (os)", "a.b () (c)"]),
        ("a.py", "import a.b", ["a.b () (a.b)"]),
        ("a.py", "from ..p import (x as y,  # hi\n  z)", ["..p (x, z) (y, z)"]),
        ("a.py", "from . import a", [". (a) (a)"]),
        ("a.py", "from m import *", ["m (*) ()"]),
        (
            "a.ts",
            'import a, {b as c, type D} from "x"',
            ["x (default, b, D) (a, c, D)"],
        ),
        ("a.ts", "import * as q from './y'", ["./y (*) (q)"]),
        ("a.ts", 'import type { T } from "t";', ["t (T) (T)"]),
        ("a.ts", 'import type from "t";', ["t (default) (type)"]),
        ("a.ts", 'import "side"', ["side () ()"]),
        ("a.ts", 'import z = require("z")', ["z (default) (z)"]),
        ("a.ts", 'export * from "w"', ["w (*) ()"]),
        ("a.ts", 'export { a as b } from "w"', ["w (a) ()"]),
        ("a.ts", 'const l = () => import("./lazy")', ["./lazy () ()"]),
        ("a.js", 'const r = require("r")', ["r () (r)"]),
        ("a.js", 'const { a, b: c } = require("r")', ["r (a, b) (a, c)"]),
        ("A.java", "import x.Y;", ["x.Y () (Y)"]),
        ("A.java", "import x.*;", ["x.* (*) ()"]),
        ("A.java", "import static q.R.foo;", ["q.R (foo) (foo)"]),
        ("a.c", '#include <v.h>\n#include "a/b.h"', ["<v.h> () ()", '"a/b.h" () ()']),
        ("a.cs", "using A.B; using static C.D;", ["A.B () ()", "C.D (*) ()"]),
        ("a.cs", "global using X = A.B;", ["A.B () (X)"]),
        ("a.php", r"<?php use A\{B, C as D};", [r"A\B () (B)", r"A\C () (D)"]),
        ("a.php", r"<?php use function a\b;", [r"a\b () (b)"]),
        ("a.php", "<?php require __DIR__ . '/x.php';", ["__DIR__ . '/x.php' () ()"]),
        ("a.sh", ". ./y.sh", ["./y.sh () ()"]),
        ("a.sh", 'source "$DIR/x.sh"', ["$DIR/x.sh () ()"]),
        ("a.sh", "echo ./y.sh", []),
        ("a.go", 'package m\nimport ("fmt"; q "a/b")', ["fmt () (fmt)", "a/b () (q)"]),
        (
            "a.rs",
            "use a::{b, c as d, e::*};",
            ["a (b) (b)", "a (c) (d)", "a::e (*) ()"],
        ),
        ("a.rs", "mod x;", ["self::x () (x)"]),
        ("a.rb", "require_relative 'b/c'", ["./b/c () ()"]),
    ],
)
def test_imports(path: str, text: str, expected: list[str]) -> None:
    found = of(path, text).imports
    shown = [
        f"{one.target} ({', '.join(one.names)}) ({', '.join(one.local)})"
        for one in found
    ]
    assert shown == expected


@pytest.mark.parametrize(
    ("path", "text", "namespace"),
    [
        ("A.java", "package a.b;\nclass A {}", "a.b"),
        ("a.php", r"<?php namespace A\B;", r"A\B"),
        ("a.cs", "namespace A.B;\nclass C {}", "A.B"),
        ("a.cs", "namespace A { namespace B { class C {} } }", "A.B"),
        ("a.cpp", "namespace a { namespace b { } }", "a.b"),
        ("a.go", "package main", "main"),
        ("a.py", "x = 1", ""),
        ("a.ts", "namespace N { }", ""),
    ],
)
def test_namespace(path: str, text: str, namespace: str) -> None:
    assert of(path, text).namespace == namespace


def test_a_heap_of_brackets_or_a_minified_file_gives_nothing() -> None:
    assert of("a.py", "(" * 100_000) == Outline()
    assert of("a.js", "var a=function(b){return b+c(1)};" * 25_000) == Outline()


def test_a_long_string_in_one_line_costs_no_outline() -> None:
    text = f'x = "{"a" * 100_000}"\ndef f(): pass\n'
    assert [one.name for one in of("a.py", text).definitions] == ["x", "f"]
