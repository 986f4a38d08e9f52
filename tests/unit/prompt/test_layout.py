from pathlib import Path

import pytest

from lsp_server.prompt.families import QWEN_CODER, Layout
from lsp_server.prompt.infill import Infiller, load
from lsp_server.prompt.layout import LayoutSetting, layout_for
from tests.marked import at
from tests.unit.prompt.folders import other_family

HEALS, CANNOT = "the engine heals", "the engine cannot heal"
AUTO, PSM, SPM = LayoutSetting.AUTO, LayoutSetting.PSM, LayoutSetting.SPM


@pytest.mark.parametrize(
    ("drawn", "wanted", "heals", "told"),
    [
        ("return ‸\n", AUTO, HEALS, (Layout.SPM, "holds still")),
        ("return f(‸)\n", AUTO, HEALS, (Layout.SPM, "holds still")),
        ("‸", AUTO, HEALS, (Layout.SPM, "holds still")),
        ("return ‸ + 1\n", AUTO, HEALS, (Layout.PSM, "the line that is typed in")),
        ("return ‸\n", AUTO, CANNOT, (Layout.PSM, "heals no token")),
        ("return ‸\n", PSM, HEALS, (Layout.PSM, "as set")),
        ("return ‸ + 1\n", SPM, CANNOT, (Layout.SPM, "as set")),
    ],
)
def test_the_layout_and_its_reason(
    model: Infiller,
    drawn: str,
    wanted: LayoutSetting,
    heals: str,
    told: tuple[Layout, str],
) -> None:
    layout, why = told
    found, reason = layout_for(at(drawn), model, wanted, heal=heals == HEALS)
    assert found is layout
    assert why in reason


@pytest.mark.parametrize("wanted", [*LayoutSetting])
def test_a_family_without_spm_gets_psm(tmp_path: Path, wanted: LayoutSetting) -> None:
    model = load(other_family(tmp_path / "Qwen2.5-Coder-7B", QWEN_CODER))
    assert layout_for(at("a‸"), model, wanted, heal=True) == (
        Layout.PSM,
        "Qwen2.5-Coder knows no other",
    )
