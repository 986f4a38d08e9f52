"""Files that changed together, from git's history, asked so that git runs nothing."""

import os
import re
import subprocess
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import permutations
from math import log2
from pathlib import Path
from shutil import which
from threading import Lock, Timer

COMMITS = 1000  # the last ones that are looked at, merges left out
CROWD = 30  # files: a commit that touches more tells nothing about two of them
HALF_LIFE = 250  # commits after which one counts half
DOUBT = 1.0  # commits: one that touched both is not yet a habit
PARTNERS = 32  # kept for each file, the strongest
LIMIT_BYTES = 16 * 1024 * 1024  # of git's output; what is behind is left out
TIMEOUT_S = 10.0

# A repository's own configuration can name programs. None of them is to run only because
# somebody looks at its history; what -c says goes before every file of configuration.
_CONFIGURED = (
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.sshCommand=false",
    "core.askPass=false",
    "core.alternateRefsCommand=false",
    "credential.helper=",
    "gpg.program=false",
    "gpg.openpgp.program=false",
    "gpg.ssh.program=false",
    "gpg.x509.program=false",
    "log.showSignature=false",
    "log.follow=false",
    "protocol.allow=never",
    "safe.bareRepository=explicit",  # a folder that only looks like one has no say
    "submodule.recurse=false",
)
_ENVIRONMENT = {
    "GIT_ALLOW_PROTOCOL": "none",  # older versions of git know no GIT_NO_LAZY_FETCH
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
_LOG = (
    *("log", "--format=tformat:%x01%P", "--name-only", "-z", "--relative"),
    *("--no-merges", f"--max-count={COMMITS}", "--diff-filter=d", "--no-renames"),
    *("--no-ext-diff", "--no-textconv", "--no-show-signature", "--no-notes"),
    *("--no-color", "--ignore-submodules=all", "-O/dev/null", "HEAD", "--", "."),
)
_COMMIT = re.compile(rb"\x01([0-9a-f ]*)")


@dataclass(frozen=True, slots=True)
class History:
    """For each file the ones that changed with it, with weights between 0 and 1."""

    partners: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def changed_with(self, path: str) -> Mapping[str, float]:
        """Return the files that changed together with ``path``, the strongest first.

        Files that are gone since or have another name now are among them.
        """
        return self.partners.get(path, {})


class Asked:
    """What may be asked of git, and ended from another thread: then there is no answer."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._ended = False

    def began(self, process: "subprocess.Popen[bytes]") -> None:
        with self._lock:
            self._process = process
            if self._ended:
                process.kill()

    def end(self) -> None:
        """End what runs, and whatever begins later."""
        with self._lock:
            self._ended = True
            if self._process is not None:
                self._process.kill()


def co_changed(
    root: Path, *, timeout_s: float = TIMEOUT_S, asked: Asked | None = None
) -> History:
    """Read the history of ``root``, which may be a folder inside a repository.

    The weight of B beside A is the share of A's commits that touched B, too: newer
    commits and those of few files count more. Commits without a parent count nothing (an
    import, the edge of a shallow clone). Empty without git, a repository or a commit;
    after ``timeout_s`` with what was read until then. Blocks, until ``asked`` is
    ended: it belongs into a thread of its own.
    """
    return History(_partners(_commits(_log(root, timeout_s, asked or Asked()))))


def _log(root: Path, timeout_s: float, asked: Asked) -> list[bytes]:
    """Run git and return its records: marks of commits and paths, whole ones only."""
    options = [word for setting in _CONFIGURED for word in ("-c", setting)]
    program = _git()
    if not program:
        return []
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    try:
        process = subprocess.Popen(  # noqa: S603 - fixed words; the root is only its folder
            [program, "--no-pager", *options, *_LOG],
            cwd=root,
            env=environment | _ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
    except OSError:
        return []
    asked.began(process)
    alarm = Timer(timeout_s, process.kill)
    alarm.start()
    try:
        with process:
            output = process.stdout.read(LIMIT_BYTES) if process.stdout else b""
            process.kill()
    finally:
        alarm.cancel()
    return output.split(b"\0")[:-1]


def _git() -> str:
    """Return git where PATH says, "" for none: never one in the folder it is run in."""
    folders = os.pathsep.join(filter(os.path.isabs, os.get_exec_path()))
    found = which("git", path=folders)
    return found if found and os.path.isabs(found) else ""  # noqa: PTH117 - words


def _commits(records: Iterable[bytes]) -> Iterator[list[str]]:
    """Yield for each commit, newest first, the files that it touched with others.

    Its mark is followed by a line end and its paths. Names that are not UTF-8 count as
    files of the commit and are then left out, as the walk leaves them out.
    """
    touched: list[bytes] = []
    imported = True
    for record in [*records, b"\x01"]:
        mark = _COMMIT.fullmatch(record)
        if mark is None:
            touched.append(record if touched else record.removeprefix(b"\n"))
            continue
        if touched:
            yield _paths(touched) if len(touched) <= CROWD and not imported else []
        touched, imported = [], not mark[1]


def _paths(names: Iterable[bytes]) -> list[str]:
    paths = (name.decode("utf-8", "replace") for name in names)
    return [path for path in paths if "\ufffd" not in path]


def _partners(commits: Iterable[list[str]]) -> dict[str, Mapping[str, float]]:
    total: defaultdict[str, float] = defaultdict(float)
    both: defaultdict[str, defaultdict[str, float]] = defaultdict(
        lambda: defaultdict(float)
    )
    for age, paths in enumerate(commits):
        weight = 0.5 ** (age / HALF_LIFE)
        for path in paths:
            total[path] += weight
        for path, other in permutations(paths, 2):
            both[path][other] += weight / log2(len(paths))
    return {
        path: _strongest(others, total[path] + DOUBT) for path, others in both.items()
    }


def _strongest(others: Mapping[str, float], total: float) -> Mapping[str, float]:
    ordered = sorted(others.items(), key=lambda item: (-item[1], item[0]))
    return {path: weight / total for path, weight in ordered[:PARTNERS]}
