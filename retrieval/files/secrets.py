r"""What must never stand in a prompt: files that hold secrets, and values inside of others.

Three signs, from the surest to the weakest: the form of a known token; a value that looks
drawn by chance under a name such as ``password`` or ``api_key``; any long literal that
looks drawn by chance. The last one also masks checksums: they help no completion.

Masking looks from one hint to the next, so text without hints costs next to nothing, and
each look is bounded: the time is linear in the text, whatever the text is.
"""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator

MASK = "***"

_FILE = re.compile(
    r"""\.env|\.env[.-].*|.*\.env|\.envrc
    |.*\.(?:pem|key|p8|p12|pfx|jks|jceks|keystore|truststore|kdbx?|ppk|asc|gpg|pgp|age
      |agekey|ovpn|tfstate|tfvars|keychain|crt|cer|der|jwk|jwks|mobileprovision)
    |.*\.(?:tfstate\.backup|tfvars\.json|auto\.tfvars)
    |id_(?:rsa|dsa|ecdsa|ed25519)(?:_sk)?(?:[._-][\w-]*)?
    |[._]netrc|\.npmrc|\.yarnrc(?:\.yml)?|\.pypirc|\.htpasswd|\.pgpass|\.my\.cnf|\.dockercfg
    |\.git-credentials|\.s3cfg|\.boto|\.vault-token|\.terraformrc|kubeconfig(?:\..*)?
    |credentials?(?:\.(?:json|ya?ml|toml|ini|cfg|conf|xml|txt|csv|properties|enc))?
    |(?:.*[._-])?secrets?(?:[._-].*)?\.(?:json|ya?ml|toml|ini|cfg|conf|xml|txt|properties|enc)
    |secrets?|service[._-]?account.*\.json|.*-firebase-adminsdk-.*\.json
    |client_secret.*\.json|application_default_credentials\.json|google-services\.json
    |local\.settings\.json|master\.key|passwords?\.txt|shadow""",
    re.VERBOSE | re.IGNORECASE,
)
_FOLDERS = frozenset(
    {".aws", ".ssh", ".gnupg", ".azure", ".kube", ".gcloud", ".docker"}
)


def secret_file(path: str) -> bool:
    """Is this a file whose whole purpose is to hold secrets? By its name alone."""
    *folders, name = path.split("/")
    return _FILE.fullmatch(name) is not None or not _FOLDERS.isdisjoint(folders)


def masked(text: str) -> str:
    """Return the text with "***" for each secret value; it has as many lines as before."""
    for hints, pattern, replaced in _FORMS:
        for hint in hints:
            if hint.search(text):
                text = pattern.sub(replaced, text)
                break
    spans = sorted((*_named(text), *_random_literals(text)))
    if not spans:
        return text
    pieces: list[str] = []
    done = 0
    for start, end in spans:
        if start >= done:
            pieces += (text[done:start], MASK)
        done = max(done, end)
    return "".join((*pieces, text[done:]))


# Known forms


def _key_block(match: re.Match[str]) -> str:
    """Hide a whole block; without its end (a program's constant), only what is base64.

    Between two constants, a program's, stands next to nothing.
    """
    head, body, tail = match.groups()
    if tail and sum(map(str.isalnum, body)) >= 16:  # noqa: PLR2004
        return head + MASK + "\n" * body.count("\n") + tail
    return head + _BASE64.sub(MASK, body) + (tail or "")


_BASE64 = re.compile(r"[A-Za-z0-9+/]{40,}+={0,2}")


def _long_token(match: re.Match[str]) -> str:
    """``sk-`` begins many a style's name, too."""
    return MASK if any(map(str.isdigit, match[0])) else match[0]


def _user(match: re.Match[str]) -> str:
    """Hide the password that a command gets beside its user."""
    return match[1] + (MASK if _looks_chosen(match[2]) else match[2])


def _login(match: re.Match[str]) -> str:
    """Hide an URL's password; what a template or a variable fills in is none."""
    if _FILLED_IN.search(match[2]) or match[2].lower() in _EXAMPLES:
        return match[0]
    return f"{match[1]}{MASK}@"


_FILLED_IN = re.compile(r"[{}<>$%*\[\](]")
_EXAMPLES = {"password", "passwd", "pass", "pwd", "pw", "secret"}
_Form = tuple[
    tuple[re.Pattern[str], ...],
    re.Pattern[str],
    str | Callable[[re.Match[str]], str],
]


def _hints(*patterns: str) -> tuple[re.Pattern[str], ...]:
    """Return patterns of which one is found in each text that holds the form.

    Each begins with one certain sign, the rarer the better: a search for that is ten times
    as fast as one for a choice of signs.
    """
    return tuple(map(re.compile, patterns))


_FORMS: tuple[_Form, ...] = (
    (
        _hints("PRIVATE KEY"),
        re.compile(
            r"(-----BEGIN [A-Z ]{0,30}PRIVATE KEY(?: BLOCK)?-----)"
            r"((?:[^-]|-(?!----))*+)(-----END [A-Z ]{0,30}PRIVATE KEY(?: BLOCK)?-----)?"
        ),
        _key_block,
    ),
    (
        _hints("://"),
        re.compile(r"""(://[^\s/:@"'`<>]{0,128}:)([^\s/@"'`]{1,256})@"""),
        _login,
    ),
    (
        _hints("A(?:KIA|SIA|BIA|CCA)"),
        re.compile(r"(?<![A-Za-z0-9])A(?:KIA|SIA|BIA|CCA)[A-Z0-9]{16}(?![A-Za-z0-9])"),
        MASK,
    ),
    (
        _hints("g(?:h[pousr]_|ithub_pat_)"),
        re.compile(
            r"(?<![\w-])(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{30,})"
        ),
        MASK,
    ),
    (
        _hints("g(?:lpat|ldt|lrt)-"),
        re.compile(r"(?<![\w-])gl(?:pat|dt|rt)-[\w-]{18,}"),
        MASK,
    ),
    (
        _hints("x(?:ox|app-)", r"\.(?<=hooks\.)slack"),
        re.compile(
            r"(?<![\w-])(?:xox[abeoprs]-[\w-]{10,}|xapp-\d-[\w-]{10,}"
            r"|hooks\.slack\.com/(?:services|workflows)/[\w/-]{10,})"
        ),
        MASK,
    ),
    (
        _hints("_(?:(?<=k_live_)|(?<=k_test_)|(?<=whsec_))"),
        re.compile(r"(?<![\w-])(?:[srp]k_(?:live|test)_|whsec_)[A-Za-z0-9]{16,}"),
        MASK,
    ),
    (_hints("AIza"), re.compile(r"(?<![\w-])AIza[\w-]{35}"), MASK),
    (
        _hints("X(?<=GOCSPX)-", r"\.(?<=ya29\.)"),
        re.compile(r"(?<![\w-])(?:GOCSPX-|ya29\.)[\w-]{20,}"),
        MASK,
    ),
    (
        _hints("-(?<=sk-)"),
        re.compile(r"(?<![\w-])sk-[\w-]{20,}+"),
        _long_token,
    ),
    (
        _hints("J(?<=eyJ)"),
        re.compile(r"(?<![\w-])eyJ[\w-]{8,}\.eyJ[\w-]{8,}(?:\.[\w-]*)?"),
        MASK,
    ),
    (
        _hints(
            "_(?:(?<=npm_)|(?<=hf_)|(?<=at_)|(?<=dop_v1_)|(?<=rubygems_))",
            "-(?<=pypi-)",
            r"\.(?<=SG\.)",
        ),
        re.compile(
            r"(?<![\w-])(?:npm_[A-Za-z0-9]{30,}|pypi-[\w-]{40,}|hf_[A-Za-z0-9]{30,}"
            r"|SG\.[\w-]{16,}\.[\w-]{16,}|shpat_[a-f0-9]{32}|dop_v1_[a-f0-9]{64}"
            r"|dckr_pat_[\w-]{20,}|rubygems_[a-f0-9]{48})"
        ),
        MASK,
    ),
    (
        _hints("=(?<=Key=)"),
        re.compile(r"((?:Account|SharedAccess)Key=)[A-Za-z0-9+/=]{20,}"),
        r"\1" + MASK,
    ),
    (
        _hints("AGE-SECRET-KEY-"),
        re.compile(r"AGE-SECRET-KEY-1[A-Z0-9]{50,}"),
        MASK,
    ),
    (
        _hints("j(?<=dj)ango-insecure-"),
        re.compile(r"""django-insecure-[^\s"'`]{20,}+"""),
        MASK,
    ),
    (
        _hints(r"l(?<=\bcurl) [^\n]"),
        re.compile(
            r"""(\bcurl\ (?:[^\n]|\\\n){0,200}?(?<=\s)(?:-u|--user)[ =]?["']?[\w.@+-]{1,64}:)
            ([^\s"'`]{6,128})""",
            re.VERBOSE,
        ),
        _user,
    ),
)


# Values under a name that tells

_SURE = ("passw", "pwd", "passphrase", "secret", "credential", "bearer")
_UNSURE = ("key", "token", "auth", "salt", "signature")
_MAKE_SURE = ("api", "private", "access", "auth", "encryption", "master", "account")
"""What makes a key or a token a secret one when it stands right before it."""

_VALUE = re.compile(
    r"""[\w-]{0,40}+["'`]?+     # the rest of the name
    (?:\s{0,4}+\(\s{0,20}+      # password("...")
      |[^\n"'`(]{0,60}+)        # "password": , password: str = , ["password"] =
    (["'`])([^\s"'`]{8,512}+)\1""",
    re.VERBOSE,
)
_BARE = re.compile(
    r"""[\w-]{0,40}+[ \t]{0,8}+[:=][ \t]{0,8}+
    ([A-Za-z0-9+/_~.!@\#^&*-]{16,512}+={0,2})(?=[ \t]*(?:[\r\n;\\"'`]|\Z))""",
    re.VERBOSE,
)
_SETTING = re.compile(
    r"""(?<=[;"'`?&])[ \w]{0,16}=([^\s;"'`&<>(){}\[\]]{6,128}+)(?=[;"'`&])""",
)
"""Part of a string that sets many: "Server=db;Password=..."."""

_EXPORTED = re.compile(
    r"""(?<![^\n])[ \t]{0,8}+(export[ \t]|ENV[ \t])?[ \t]{0,4}+[A-Z][A-Z0-9_]{0,40}=
    ([^\s;"'`<>(){}\[\]]{6,64}+)(?=[ \t]*+(?:[\r\n;]|\Z))""",
    re.VERBOSE,
)
"""A variable of the environment, in a shell or in a list of them."""

_PASS = re.compile(
    r"(?:(?<![A-Za-z])[Pp]ass|(?<=[a-z])Pass|(?<![A-Z])PASS)(?![A-Za-z\n])"
)
_PASS_VALUE = re.compile(
    r"""["'`\]]{0,2}+[ \t]{0,8}+(?::|=>|:?=|,)[ \t]{0,8}+(["'`])([^\s"'`]{6,128}+)\1"""
)
_IDENTIFIER = re.compile(r"[A-Za-z_][\w.]*")
_BEFORE = 48  # signs: how far before a hint its name may begin


def _named(text: str) -> Iterator[tuple[int, int]]:
    """Yield the places of values that are assigned to, or called, a name of a secret."""
    lower = text.lower()
    if len(lower) != len(text):  # a few letters change their length: "İ"
        lower = text
    for hint in (*_SURE, *_UNSURE):
        sure = hint in _SURE
        at = lower.find(hint)
        while at >= 0:
            end = at + len(hint)
            place = _value_at(text, lower, at, end, sure=sure)
            if place is not None:
                yield place
            at = lower.find(hint, end)
    at = lower.find("pass")
    while at >= 0:
        if _PASS.match(text, at):
            place = _pass_at(text, at, at + 4)
            if place is not None:
                yield place
        at = lower.find("pass", at + 4)


def _pass_at(text: str, at: int, end: int) -> tuple[int, int] | None:
    value = _PASS_VALUE.match(text, end)
    if value and any(map(str.isdigit, value[2])) and _looks_chosen(value[2]):
        return value.span(2)
    return _set_at(text, at, end)


def _value_at(
    text: str, lower: str, at: int, end: int, *, sure: bool
) -> tuple[int, int] | None:
    """Return the place of the value whose name has a hint from ``at`` to ``end``."""
    if match := _VALUE.match(text, end):
        before = lower[max(0, at - 12) : at].rstrip("_-")
        chosen = sure or before.endswith(_MAKE_SURE)
        if (_looks_chosen if chosen else _looks_random)(match[2]):
            return match.span(2)
    if (match := _BARE.match(text, end)) and _looks_random(match[1]):
        return match.span(1)
    return _set_at(text, at, end) if sure else None


def _set_at(text: str, at: int, end: int) -> tuple[int, int] | None:
    """Return the place of a short value without quotes of its own."""
    sign = text.find("=", end, end + 16)
    if sign < 0 or not _NAME_LEFT.fullmatch(text, end, sign):
        return None
    start = at
    while start > 0 and at - start < _BEFORE and text[start - 1] not in _ENDS:
        start -= 1
    if (match := _SETTING.match(text, start)) and _looks_chosen(match[1]):
        return match.span(1)
    start = max(text.rfind("\n", max(0, at - _BEFORE), at) + 1, 0)
    match = _EXPORTED.match(text, start)
    if match is None or not any(map(str.isdigit, match[2])):
        return None
    if not match[1] and _IDENTIFIER.fullmatch(match[2]):
        return None
    return match.span(2) if _looks_chosen(match[2]) else None


_NAME_LEFT = re.compile(r"[ \w]*")
_ENDS = frozenset(";\"'`?&\n")


_LITERAL = re.compile(r"""["'`]([A-Za-z0-9+/_-]{32,}+={0,2})["'`]""")
_HEX = re.compile(r"[0-9a-f]+|[0-9A-F]+")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def _random_literals(text: str) -> Iterator[tuple[int, int]]:
    for match in _LITERAL.finditer(text):
        if _looks_random(match[1]):
            yield match.span(1)


# Does a value look drawn by chance?

_PART = re.compile(r"[-_/.:]")
_PIECE = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|[0-9]+")
_WORDY = re.compile(r"[A-Za-z]*\d{0,2}(?:[_\-./:,#@ ][A-Za-z]*\d{0,3})*+")
_DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*){2,}")
_TEMPLATE = re.compile(
    r"""\$\{[^{}]*\} | \{\{[^{}]*\}\} | \{[^{}]*\} | <[^<>]*> | \[[^\[\]]*\]
    | %\(\w*\)[sdr] | %[sd](?![A-Za-z0-9]) | (?:(?<=[\s/:._@,=-])|^)\$[A-Za-z_]\w*""",
    re.VERBOSE,
)
"""What a program fills in, whole, and a regular expression's sets."""

_MAY_HOLD = re.compile(r"[{<\[$%()\]>}]")
_BRACKET = re.compile(r"[][(){}<>]")
_EXPRESSION = re.compile(r"\\|\(\?")
_RUN = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|[0-9]+|[^A-Za-z0-9]")
_ROW = re.compile(r"abcdef|ABCDEF|012345|123456|qwerty", re.IGNORECASE)


def _looks_chosen(value: str) -> bool:
    """Tell whether somebody would take it for a password: no words, no template."""
    if "://" in value or _UUID.fullmatch(value):
        return False
    if _MAY_HOLD.search(value):
        left = _TEMPLATE.sub("", value)
        if left != value or _balanced(left):
            return _looks_drawn(left)
        if _BRACKET.search(value) and not any(map(str.isdigit, value)):
            return False
    if _DOTTED.fullmatch(value):
        return False
    return not _WORDY.fullmatch(value) and _entropy(value) > 2.4  # noqa: PLR2004


def _balanced(value: str) -> bool:
    """Tell whether there are brackets, and each is closed again, as in code."""
    opened = value.count("(")
    return 0 < opened == value.count(")") and value.find("(") < value.find(")")


def _looks_drawn(value: str) -> bool:
    """Signs of all kinds mixed as chance mixes them; code and expressions are not so."""
    if len(value) < 16 or _EXPRESSION.search(value):  # noqa: PLR2004
        return False
    head = value[:256]
    if not any(map(str.isdigit, head)) or not any(map(str.isalpha, head)):
        return False
    return len(_RUN.findall(head)) * 2.0 >= len(head) and _entropy(head) > 3.4  # noqa: PLR2004


def _looks_random(value: str) -> bool:  # noqa: PLR0911 - one for each way to tell
    """Letters and digits mixed as chance mixes them: no words, no counting, no UUID.

    Chance changes between small letters, capitals and digits after about two characters;
    names and words after four or more.
    """
    if _MAY_HOLD.search(value):
        value = _TEMPLATE.sub("", value)
        if _MAY_HOLD.search(value):
            return len(value) >= 32 and _looks_drawn(value)  # noqa: PLR2004
    size = len(value)
    if size < 16 or _UUID.fullmatch(value):  # noqa: PLR2004
        return False
    head = value[:256]
    mixed = any(map(str.isdigit, head)) and any(map(str.isalpha, head))
    if _ROW.search(head) or not mixed:
        return False
    if _HEX.fullmatch(head):
        return size >= 24 and _entropy(head) > 3.0  # noqa: PLR2004
    if max(map(len, _PART.split(head))) < 12:  # noqa: PLR2004
        return False
    pieces = _PIECE.findall(head)
    if len(pieces) * 2.8 < sum(map(len, pieces)):
        return False
    return _entropy(head) > 3.4  # noqa: PLR2004


def _entropy(value: str) -> float:
    """Shannon's, in bits for each character."""
    size = len(value)
    return -sum(n / size * math.log2(n / size) for n in Counter(value).values())
