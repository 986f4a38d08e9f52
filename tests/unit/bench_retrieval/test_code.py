"""What of a text is code: comments and the words of strings are none, code inside a string is."""

import pytest

from bench.retrieval.code import IDENTIFIER, code, names

CASES = (
    ("python", 'a = "no" + b  # no', "a b"),
    ("python", 'def f(a: "no"):\n    """no"""\n    return f"no {b + c} no"', "def f a return b c"),
    ("python", 'a = "no" "no"', "a"),
    ("bash", 'a="${B:-c} no $D $(e f)"  # no', "a B c D e f"),
    ("bash", "cat <<NO\nno $a\nNO\n", "cat a"),
    ("bash", "cat <<'NO'\nno $no\nNO\necho a", "cat echo a"),
    ("typescript", "const a = `no ${b.c}`; // no", "const a b c"),
    ("typescript", "import {a} from 'no'; /* no */ const b = /no/g", "import a from const b"),
    ("tsx", "const a = <B c='no' d={e}>no {f}</B>;", "const a B c d e f B"),
    ("javascript", "a = {'no': b, c: `no${d}`}", "a b c d"),
    ("php", "no <?php\n$a = \"no $b {$c->d}\"; $e = 'no'; // no\n?> no", "php a b c d e"),
    ("php", "<?php\necho <<<NO\nno $a\nNO;\n", "php echo a"),
    ("csharp", '#region no\nvar a = $"no {b.C} no"; var d = @"no"; // no', "var a b C var d"),
    ("java", '/** no */ class A { char b = \'n\'; String c = """\n  no\n"""; }', "class A char b String c"),
    ("cpp", 'auto a = R"(no)"; // no\nauto b = "no" C;', "auto a auto b C"),
    ("c", '#include "no.h"\n#define A(b) c(b) /* no */\n', "include define A b c b"),
)  # fmt: skip


@pytest.mark.parametrize(("language", "text", "kept"), CASES)
def test_only_code_is_kept(language: str, text: str, kept: str) -> None:
    lines = code(text, language)
    assert IDENTIFIER.findall("\n".join(lines)) == kept.split()
    assert len(lines) == len(text.split("\n"))


def test_lines_stay_where_they_are_beyond_ascii() -> None:
    assert code('a = "é…\n', "python")[1:] == [""]
    assert [line.strip() for line in code('"""é\n…"""\nb = 1', "python")][2] == "b = 1"


def test_names_are_those_of_comments_too() -> None:
    assert names("a1 _b  # c-d 2e é") == {"a1", "_b", "c", "d", "e"}
