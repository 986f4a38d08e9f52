"""Positions in the units that the two have agreed on, after text that is not ASCII."""

from pathlib import Path

import pytest

from tests.e2e.client import CAPABLE, answer, launched

pytestmark = pytest.mark.e2e

SCRIPT = {
    "answers": [
        answer("s = '👩‍💻é漢字e\u0301' + ‸\n", "t"),
        answer("s = '本👍日' + '👩‍💻‸'\nx\n", "🎉 é"),
        answer("a\u2028b\x0cc\x85d 🎉 ‸\n", "e"),
        answer("grüße🎉 = ‸\n", "f('漢字', e\u0301, 👩‍💻)"),
    ]
}


@pytest.mark.parametrize(
    ("offered", "agreed"),
    [
        (["utf-8", "utf-16"], "utf-8"),
        (["utf-7", "utf-32"], "utf-32"),
        (None, "utf-16"),
    ],
)
async def test_cursor_edits_and_offers_count_in_the_agreed_units(
    tmp_path: Path, offered: list[str] | None, agreed: str
) -> None:
    general = {"general": {"positionEncodings": offered} if offered else {}}
    async with launched(tmp_path, SCRIPT) as editor:
        await editor.begin(CAPABLE | general)
        assert editor.encoding == agreed
        await editor.ready()

        uri = editor.open("s = '👩‍💻é漢字e\u0301' + ‸\nx\n")
        assert await editor.shown(uri) == "t"

        editor.replace(uri, "👩‍💻é漢字e\u0301", "本👍日")
        editor.replace(uri, "' + ", "' + '👩‍💻‸'")
        assert await editor.shown(uri) == "🎉 é"

        # What Unicode calls line ends and LSP does not.
        uri = editor.open("a\u2028b\x0cc\x85d 👍 ‸\n")
        editor.replace(uri, "👍 ", "🎉 ‸")
        assert await editor.shown(uri) == "e"
        assert await editor.leave() == 0


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
async def test_what_is_typed_along_is_found_in_each_unit(
    tmp_path: Path, encoding: str
) -> None:
    general = {"general": {"positionEncodings": [encoding]}}
    async with launched(tmp_path, SCRIPT) as editor:
        await editor.begin(CAPABLE | general)
        await editor.ready()
        uri = editor.open("grüße🎉 = ‸\n")
        rest = await editor.shown(uri)
        assert rest == "f('漢字', e\u0301, 👩‍💻)"
        while len(rest) > 1:
            editor.type(uri, rest[0])
            rest = rest[1:]
            assert await editor.shown(uri) == rest
        assert editor.fates() == ["finished"]
        assert await editor.leave() == 0
