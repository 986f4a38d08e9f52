"""The doctor's findings, one by one: hardware, what fits, endpoints, extras, logs."""

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lsp_server.commands.doctor.endpoint import endpoints
from lsp_server.commands.doctor.errors import last_errors
from lsp_server.commands.doctor.finding import Finding
from lsp_server.commands.doctor.hardware import hardware, what_fits
from lsp_server.commands.doctor.models import (
    completing_model,
    extras,
    installed_engine,
    language_models,
    on_demand_model,
)
from lsp_server.engine.base import EngineDown
from lsp_server.engine.hardware import Device, Process
from lsp_server.engine.models import DEMO_FOLDER
from lsp_server.engine.remote.models import Served
from lsp_server.engine.remote.settings import RemoteSettings
from lsp_server.settings import OnDemandSettings, UserSettings

GIB = 2**30
GPU = Device(
    name="NVIDIA H100",
    total_bytes=80 * GIB,
    free_bytes=60 * GIB,
    ordinal=1,
    capability=(9, 0),
)
CPU = Device(name="a processor", total_bytes=32 * GIB, free_bytes=16 * GIB)


@pytest.mark.parametrize(
    ("device", "says"),
    [
        (CPU, "a processor, 16.0 of 32.0 GiB of RAM free"),
        (
            replace(CPU, note="no GPU, because so"),
            "a processor, 16.0 of 32.0 GiB of RAM free (no GPU, because so)",
        ),
        (GPU, "GPU 1: NVIDIA H100, 60.0 of 80.0 GiB free, compute capability 9.0"),
        (
            replace(
                GPU,
                used_by=(
                    Process(pid=7, name="python", used_bytes=20 * GIB),
                    Process(pid=8, name="Xorg"),
                ),
            ),
            (
                "GPU 1: NVIDIA H100, 60.0 of 80.0 GiB free, compute capability 9.0, held by "
                "python (7, 20.0 GiB), Xorg (8)"
            ),
        ),
    ],
)
def test_a_device_is_told_in_a_line(device: Device, says: str) -> None:
    assert [*hardware([device])] == [Finding("hardware", says)]


# What fits


def model(tmp_path: Path, name: str, **changes: Any) -> Path:
    folder = tmp_path / name
    folder.mkdir()
    config = json.loads((DEMO_FOLDER / "config.json").read_text()) | changes
    (folder / "config.json").write_text(json.dumps(config))
    return folder


LARGE = {"hidden_size": 8192, "num_hidden_layers": 48, "intermediate_size": 22016}
LARGE |= {"num_attention_heads": 64, "num_key_value_heads": 8, "head_dim": 128}


def test_what_fits_is_told(tmp_path: Path) -> None:
    user = UserSettings(model="small", window_tokens=512)
    finding = what_fits(user, (model(tmp_path, "folder"), None), [GPU])
    assert finding.fine
    assert finding.says.startswith(
        "small on NVIDIA H100, with a window of 512 tokens: "
    )


def test_what_does_not_fit_is_wrong(tmp_path: Path) -> None:
    user = UserSettings(model="large", quantization="none", kv_dtype="bfloat16")
    finding = what_fits(user, (model(tmp_path, "folder", **LARGE), None), [GPU])
    assert finding.fine is False
    assert finding.says.startswith("large does not fit on NVIDIA H100: it takes ")


@pytest.mark.parametrize(
    ("fit", "ram", "begins", "fine"),
    [
        ("auto", 0, "Both models stay loaded, side by side", True),
        ("swap", 256, "The models take turns: one sleeps in RAM", True),
        ("swap", 8, "To let one sleep while the other works, ", False),
    ],
)
def test_two_models_are_fitted_together(
    tmp_path: Path, fit: str, ram: int, begins: str, fine: bool
) -> None:
    user = UserSettings(fit=fit, on_demand=OnDemandSettings(model="large"))
    folders = (model(tmp_path, "a"), model(tmp_path, "b", **LARGE))
    finding = what_fits(user, folders, [GPU], ram * GIB)
    assert finding.says.startswith(begins)
    assert finding.fine is fine


def test_a_model_of_which_nothing_is_known_is_a_fact(tmp_path: Path) -> None:
    folder = model(tmp_path, "folder", n_routed_experts=64)
    finding = what_fits(UserSettings(model="experts"), (folder, None), [GPU])
    assert finding.fine is None
    assert finding.says.startswith("experts is a mixture of experts")


# Models and extras


def test_behind_an_endpoint_no_weights_are_needed(tmp_path: Path) -> None:
    for file in DEMO_FOLDER.glob("*.json"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    here = UserSettings(model=str(tmp_path))
    finding, folder = completing_model(here)
    assert finding.fine is False
    assert "no *.safetensors" in finding.says
    there = replace(here, endpoint="http://box:8000/v1")
    finding, folder = completing_model(there)
    assert finding == Finding(
        "model",
        f"the tokenizer of {tmp_path.name} (Code Llama), {tmp_path}",
        fine=True,
    )
    assert folder is None  # nothing is to be fitted
    finding, _ = completing_model(replace(there, model="/no/model"))
    assert finding.fine is None
    assert finding.says.startswith("no tokenizer here, so the endpoint is asked")


def test_the_model_on_demand_is_told_where_it_runs_here() -> None:
    folder = str(DEMO_FOLDER)
    here = UserSettings(on_demand=OnDemandSettings(model=folder))
    finding, found = on_demand_model(here)
    assert finding is not None
    assert finding.fine
    assert finding.says == f"{folder}, 8.6 MiB of weights, {folder}"
    assert found == DEMO_FOLDER
    missing = OnDemandSettings(model="/no/model")
    finding, _ = on_demand_model(UserSettings(on_demand=missing))
    assert finding is not None
    assert finding.fine is False
    for elsewhere in (
        replace(here, endpoint="http://box:8000/v1"),
        replace(here, on_demand=replace(here.on_demand, endpoint="http://box/v1")),
        UserSettings(),
    ):
        assert on_demand_model(elsewhere) == (None, None)


@pytest.mark.parametrize("config", [None, "{"])
def test_a_model_on_demand_without_a_config_is_wrong(
    tmp_path: Path, config: str | None
) -> None:
    shutil.copytree(DEMO_FOLDER, tmp_path / "34b")
    written = tmp_path / "34b" / "config.json"
    written.unlink() if config is None else written.write_text(config)
    on_demand = OnDemandSettings(model=str(tmp_path / "34b"))
    finding, folder = on_demand_model(UserSettings(on_demand=on_demand))
    assert finding is not None
    assert finding.fine is False
    assert "config.json" in finding.says
    assert folder is None


def test_a_model_on_demand_may_be_here_where_the_other_is_not() -> None:
    here = OnDemandSettings(model=str(DEMO_FOLDER), endpoint="here", window_tokens=512)
    user = UserSettings(endpoint=BOX, on_demand=here)
    finding, folder = on_demand_model(user)
    assert finding is not None
    assert finding.fine
    fits = what_fits(user, (None, folder), [CPU])
    assert fits.fine
    assert "with a window of 512 tokens" in fits.says


def test_a_model_of_one_language_is_told_and_one_that_cannot_infill_is_wrong_there(
    tmp_path: Path,
) -> None:
    demo = str(DEMO_FOLDER)
    python = tmp_path / "CodeLlama-7b-Python-hf"
    shutil.copytree(DEMO_FOLDER, python)
    user = UserSettings(
        languages={"cpp": demo, "python": str(python)},
        on_demand=OnDemandSettings(languages={"python": str(python)}),
    )
    completes, refused, generates = language_models(user)
    assert completes.fine
    assert completes.says == f"cpp: {demo} completes, 8.6 MiB of weights"
    assert refused.fine is False
    assert "not trained to fill in the middle" in refused.says
    assert generates.fine
    assert generates.says.startswith(f"python: {python} is loaded on demand")
    assert [*language_models(replace(user, endpoint="http://box/v1"))] == []


def test_an_extra_is_missing_only_if_a_setting_needs_it() -> None:
    suffix = OnDemandSettings(model="x", speculation="suffix")
    told = extras(UserSettings())
    assert told.fine is None
    assert "tree-sitter-language-pack 0.13.0" in told.says
    assert "no arctic-inference (suffix speculation)" in told.says
    assert extras(UserSettings(on_demand=suffix)).fine is False


def test_no_engine_is_needed_for_an_endpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    assert installed_engine(UserSettings()).fine is False
    there = UserSettings(endpoint="http://box:8000/v1")
    assert installed_engine(there).fine is None
    here = OnDemandSettings(model="34b", endpoint="here")
    assert installed_engine(replace(there, on_demand=here)).fine is False


# Endpoints


def asked(user: UserSettings) -> list[tuple[str, str | None, str | None, str | None]]:
    """Return what an endpoint that serves all is asked with."""
    seen: list[RemoteSettings] = []

    def ask(settings: RemoteSettings) -> Served:
        seen.append(settings)
        return Served(name=settings.model or "only", root="", window_tokens=4096)

    findings = [*endpoints(user, ask, {"CODELLAMA_API_KEY": "key"})]
    assert [finding.says for finding in findings] == [
        f"{one.endpoint} serves {one.model or 'only'}, window 4,096 tokens"
        for one in seen
    ]
    assert all(finding.fine for finding in findings)
    return [(one.endpoint, one.model, one.api_key, one.ca) for one in seen]


BOX, OTHER = "http://box:8000/v1", "https://other/v1"


@pytest.mark.parametrize(
    ("user", "expected"),
    [
        (UserSettings(), []),
        (UserSettings(endpoint=BOX), [(BOX, None)]),
        (UserSettings(endpoint=BOX, model="7b"), [(BOX, "7b")]),
        (UserSettings(endpoint=BOX, model="/a/folder"), [(BOX, None)]),
        (
            UserSettings(endpoint=BOX, on_demand=OnDemandSettings(endpoint=OTHER)),
            [(BOX, None), (OTHER, None)],
        ),
        (
            UserSettings(
                endpoint=BOX, on_demand=OnDemandSettings(model="34b", endpoint="here")
            ),
            [(BOX, None)],
        ),
        (
            UserSettings(endpoint=BOX, on_demand=OnDemandSettings(model="34b")),
            [(BOX, None), (BOX, "34b")],
        ),
        (
            UserSettings(
                endpoint=BOX, on_demand=OnDemandSettings(model="34b", endpoint=OTHER)
            ),
            [(BOX, None), (OTHER, "34b")],
        ),
        (
            UserSettings(on_demand=OnDemandSettings(model="34b", endpoint=OTHER)),
            [(OTHER, "34b")],
        ),
    ],
)
def test_each_model_behind_an_endpoint_is_asked_for(
    user: UserSettings, expected: list[tuple[str, str | None]]
) -> None:
    user = replace(user, ca_file="team.pem")
    keys = {BOX: "key", OTHER: None}  # a key goes only where it is for
    assert asked(user) == [(*one, keys[one[0]], "team.pem") for one in expected]


def test_an_endpoint_that_does_not_answer_is_wrong() -> None:
    def ask(_settings: RemoteSettings) -> Served:
        raise EngineDown("box cannot be reached.")

    findings = [*endpoints(UserSettings(endpoint=BOX), ask, {})]
    assert findings == [Finding("endpoint", "box cannot be reached.", fine=False)]


def test_an_endpoint_is_truly_asked() -> None:
    nobody = UserSettings(endpoint="http://127.0.0.1:9/v1")  # port 9: discard
    [finding] = endpoints(nobody)
    assert finding.fine is False
    assert "127.0.0.1:9" in finding.says


# Logs

VLLM = "(EngineCore pid=7) ERROR 11-23 01:27:{second:02} [core.py:906] {says}"
TRACEBACK = (
    "EngineCore failed to start.",
    "Traceback (most recent call last):",
    '  File "core.py", line 849, in run',
    "    raise ValueError(message)",
    "    ^^^^^^^^^^^^^^^^",
    "ValueError: Free memory on device is less than desired.",
)


def vllm(second: int, *says: str) -> str:
    return "".join(VLLM.format(second=second, says=one) + "\n" for one in says)


def errors(folder: Path) -> list[str]:
    found = [*last_errors(folder)]
    assert {(one.topic, one.fine) for one in found} <= {("error", None)}
    return [one.says for one in found]


def test_the_last_errors_come_first_with_their_time(tmp_path: Path) -> None:
    log = tmp_path / "engine.log"
    log.write_text(
        vllm(1, *TRACEBACK)
        + "INFO 11-23 01:27:02 [core.py:1] ERROR is not what this line is\n"
        + "ERROR:lsp_server.engine.host:The engine did not start\n"
        + "Traceback (most recent call last):\n"
        + '  File "host.py", line 1, in <module>\n'
        + "RuntimeError: Engine core initialization failed.\n"
        + "RuntimeError: is no error outside of a traceback\n"
        + vllm(9, "The last words.")
    )
    assert errors(tmp_path) == [
        "11-23 01:27:09  The last words. (engine.log)",
        "RuntimeError: Engine core initialization failed. (engine.log)",
        (
            "11-23 01:27:01  ValueError: Free memory on device is less than desired. "
            "(engine.log)"
        ),
    ]


def test_what_is_said_again_is_told_once_and_only_the_last_few(tmp_path: Path) -> None:
    log = tmp_path / "engine.log"
    log.write_text("".join(vllm(second, f"error {second % 7}") for second in range(30)))
    assert errors(tmp_path) == [
        f"11-23 01:27:{second}  error {second % 7} (engine.log)"
        for second in (29, 28, 27, 26, 25)
    ]


def test_newer_logs_come_first_and_a_long_message_is_cut(tmp_path: Path) -> None:
    for age, name in enumerate(("engine.log", "on_demand.log", "engine.log.1")):
        path = tmp_path / name
        path.write_text(vllm(age, f"of {name} {'x' * 500}"))

        os.utime(path, (1000 - age, 1000 - age))
    told = errors(tmp_path)
    assert [one.split()[3] for one in told] == [
        *("engine.log", "on_demand.log", "engine.log.1")
    ]
    assert max(map(len, told)) < 250


@pytest.mark.parametrize("written", [None, b"", b"\xff\xfe ERROR\n"])
def test_without_errors_there_is_nothing_to_tell(
    tmp_path: Path, written: bytes | None
) -> None:
    if written is not None:
        (tmp_path / "engine.log").write_bytes(written)
    assert errors(tmp_path) == []
    assert errors(tmp_path / "nowhere") == []
