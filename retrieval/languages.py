"""The languages, one table: how a file is recognised, commented and parsed."""

import re
from dataclasses import dataclass
from pathlib import PurePosixPath

from retrieval.keywords import COMMON, KEYWORDS

PACK = "tree_sitter_language_pack"


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """One row.

    ``ids`` are LSP's ``languageId``s, ``filenames`` whole names without a suffix of their
    own, ``interpreters`` what a first line ``#!`` may call. ``comment`` begins a comment,
    which its line ends where the language has such. ``grammar`` is the module that
    carries the parser ("" for none: such a file has text and nothing else; ``PACK`` is the
    extra ``languages``), ``grammar_name`` its function, in the pack its name. ``query`` is
    the stem of the file in ``queries/`` ("" for none).
    """

    name: str
    ids: tuple[str, ...]
    suffixes: tuple[str, ...]
    filenames: tuple[str, ...] = ()
    interpreters: tuple[str, ...] = ()
    comment: str = "#"
    keywords: frozenset[str] = COMMON
    grammar: str = ""
    grammar_name: str = "language"
    query: str = ""


def _official(
    name: str,
    ids: str,
    suffixes: str,
    comment: str,
    *,
    module: str = "",
    function: str = "language",
    filenames: str = "",
    interpreters: str = "",
    query: str = "",
) -> Language:
    return Language(
        name=name,
        ids=tuple(ids.split()),
        suffixes=tuple(suffixes.split()),
        filenames=tuple(filenames.split()),
        interpreters=tuple(interpreters.split()),
        comment=comment,
        keywords=KEYWORDS[name],
        grammar=f"tree_sitter_{module or name}",
        grammar_name=function,
        query=query or name,
    )


def _extra(
    name: str,
    suffixes: str,
    comment: str,
    *,
    ids: str = "",
    filenames: str = "",
    interpreters: str = "",
    query: str = "",
) -> Language:
    return Language(
        name=name,
        ids=tuple(f"{name} {ids}".split()),
        suffixes=tuple(suffixes.split()),
        filenames=tuple(filenames.split()),
        interpreters=tuple(interpreters.split()),
        comment=comment,
        keywords=KEYWORDS.get(name, COMMON),
        grammar=PACK if query else "",
        grammar_name=name,
        query=query,
    )


LANGUAGES: tuple[Language, ...] = (
    _official(
        "python",
        "python",
        ".py .pyi .pyw",
        "#",
        filenames="SConstruct SConscript wscript",
        interpreters="python pypy",
    ),
    _official("c", "c", ".c", "//"),
    _official(
        "cpp",
        "cpp cuda-cpp objective-cpp",
        ".cpp .cc .cxx .c++ .hpp .hh .hxx .h++ .h .ipp .tpp .inl .cu .cuh .ino .ixx .cppm",
        "//",
    ),
    _official("java", "java", ".java", "//"),
    _official(
        "php",
        "php",
        ".php .phtml .php5 .php7 .inc",
        "//",
        function="language_php",
        interpreters="php",
    ),
    _official(
        "typescript",
        "typescript",
        ".ts .mts .cts",
        "//",
        function="language_typescript",
        interpreters="deno bun ts-node tsx",
    ),
    _official(
        "tsx",
        "typescriptreact",
        ".tsx",
        "//",
        module="typescript",
        function="language_tsx",
        query="typescript",
    ),
    _official(
        "javascript",
        "javascript javascriptreact",
        ".js .jsx .mjs .cjs",
        "//",
        interpreters="node nodejs",
    ),
    _official("csharp", "csharp", ".cs .csx", "//", module="c_sharp"),
    _official(
        "bash",
        "shellscript bash sh",
        ".sh .bash .bats .ksh .zsh .ebuild .eclass",
        "#",
        filenames=".bashrc .bash_profile .bash_aliases .profile .zshrc PKGBUILD APKBUILD",
        interpreters="bash sh dash zsh ksh ash bats",
    ),
    _official("go", "go", ".go", "//"),
    _official("rust", "rust", ".rs", "//"),
    _official(
        "ruby",
        "ruby",
        ".rb .rake .gemspec .ru",
        "#",
        filenames="Rakefile Gemfile Guardfile Vagrantfile Podfile Fastfile",
        interpreters="ruby",
    ),
    _extra("kotlin", ".kt .kts", "//", query="kotlin"),
    _extra("swift", ".swift", "//", query="swift"),
    _extra("scala", ".scala .sc", "//", query="scala"),
    _extra("lua", ".lua", "--", query="lua", interpreters="lua luajit"),
    _extra("perl", ".pl .pm .t", "#", ids="perl6", interpreters="perl"),
    _extra("r", ".r .R", "#", interpreters="Rscript"),
    _extra("julia", ".jl", "#", interpreters="julia"),
    _extra("elixir", ".ex .exs", "#", interpreters="elixir"),
    _extra("erlang", ".erl .hrl", "%"),
    _extra("haskell", ".hs .lhs", "--"),
    _extra("ocaml", ".ml .mli", "(*"),
    _extra("fsharp", ".fs .fsi .fsx", "//"),
    _extra("clojure", ".clj .cljs .cljc .edn", ";;"),
    _extra("commonlisp", ".lisp .lsp .cl", ";;", ids="lisp"),
    _extra("scheme", ".scm .ss .rkt", ";;", ids="racket"),
    _extra("elisp", ".el", ";;", ids="emacs-lisp"),
    _extra("dart", ".dart", "//"),
    _extra("groovy", ".groovy .gradle", "//", filenames="Jenkinsfile"),
    _extra("objective-c", ".m .mm", "//", ids="objc"),
    _extra("zig", ".zig", "//"),
    _extra("nim", ".nim", "#"),
    _extra("d", ".d", "//"),
    _extra("fortran", ".f90 .f95 .f03 .f", "!", ids="FortranFreeForm"),
    _extra("pascal", ".pas .pp", "//"),
    _extra("ada", ".adb .ads", "--"),
    _extra("vb", ".vb .bas", "'"),
    _extra("powershell", ".ps1 .psm1 .psd1", "#", interpreters="pwsh"),
    _extra("bat", ".bat .cmd", "REM"),
    _extra("fish", ".fish", "#", interpreters="fish"),
    _extra("tcl", ".tcl", "#", interpreters="tclsh"),
    _extra("awk", ".awk", "#", interpreters="awk gawk"),
    _extra("sql", ".sql", "--", ids="mysql plsql postgres"),
    _extra("graphql", ".graphql .gql", "#"),
    _extra("proto", ".proto", "//", ids="proto3 protobuf"),
    _extra("thrift", ".thrift", "//"),
    _extra("solidity", ".sol", "//"),
    _extra("glsl", ".glsl .vert .frag .comp", "//", ids="hlsl wgsl"),
    _extra("verilog", ".v .sv .svh", "//", ids="systemverilog"),
    _extra("vhdl", ".vhd .vhdl", "--"),
    _extra("assembly", ".s .S .asm", ";", ids="asm nasm"),
    _extra("html", ".html .htm .xhtml", "<!--", ids="handlebars"),
    _extra("xml", ".xml .xsd .xsl .svg .csproj .props", "<!--", ids="xsl"),
    _extra("vue", ".vue", "<!--"),
    _extra("svelte", ".svelte", "<!--"),
    _extra("markdown", ".md .markdown .mdx", "<!--"),
    _extra("rst", ".rst", "..", ids="restructuredtext"),
    _extra("latex", ".tex .sty .cls .bib", "%", ids="tex bibtex"),
    _extra("css", ".css", "/*"),
    _extra("scss", ".scss .less", "//", ids="less"),
    _extra("sass", ".sass .styl", "//", ids="stylus"),
    _extra("json", ".json .jsonc .json5 .ipynb", "//", ids="jsonc jsonl"),
    _extra("yaml", ".yaml .yml", "#", ids="dockercompose"),
    _extra("toml", ".toml", "#"),
    _extra("ini", ".ini .cfg .conf .properties .desktop", "#", ids="properties"),
    _extra("dockerfile", ".dockerfile", "#", filenames="Dockerfile Containerfile"),
    _extra(
        "make",
        ".mk .mak",
        "#",
        ids="makefile",
        filenames="Makefile makefile GNUmakefile",
    ),
    _extra("cmake", ".cmake", "#", filenames="CMakeLists.txt"),
    _extra("meson", ".meson", "#", filenames="meson.build meson_options.txt"),
    _extra(
        "starlark",
        ".bzl .star .bazel",
        "#",
        ids="bazel",
        filenames="BUILD WORKSPACE",
    ),
    _extra("hcl", ".tf .hcl .tfvars", "#", ids="terraform"),
    _extra("nix", ".nix", "#"),
    _extra("vim", ".vim", '"', ids="viml", filenames=".vimrc"),
)

_BY_ID = {i: language for language in LANGUAGES for i in language.ids}
_BY_SUFFIX = {s: language for language in LANGUAGES for s in language.suffixes}
_BY_FILENAME = {f: language for language in LANGUAGES for f in language.filenames}
_BY_INTERPRETER = {i: language for language in LANGUAGES for i in language.interpreters}

_INTERPRETER = re.compile(
    r"#!\s*(?:\S*/)?(?:env\s+(?:-\S+\s+|\w+=\S*\s+)*)?(?:\S*/)?(\S+)"
)


def language_of(
    path: str, first_line: str = "", language_id: str = ""
) -> Language | None:
    """Return the file's language, None if nothing tells.

    What the editor says (``language_id``) counts most, then the file's name, its suffix,
    and the interpreter that its first line names.
    """
    name = PurePosixPath(path.replace("\\", "/")).name
    suffix = PurePosixPath(name).suffix
    return (
        _BY_ID.get(language_id)
        or _BY_FILENAME.get(name)
        or _BY_SUFFIX.get(suffix)
        or _BY_SUFFIX.get(suffix.lower())
        or _BY_FILENAME.get(name.split(".")[0])
        or _interpreter(first_line)
    )


def comment_sign(path: str, language_id: str = "") -> str:
    """Return what begins a comment in the file; "#" where nothing tells."""
    language = language_of(path, language_id=language_id)
    return language.comment if language else "#"


def _interpreter(first_line: str) -> Language | None:
    found = _INTERPRETER.match(first_line)
    if not found:
        return None
    program = found[1]
    return _BY_INTERPRETER.get(program) or _BY_INTERPRETER.get(
        program.rstrip("0123456789.")
    )
