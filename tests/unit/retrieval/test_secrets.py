"""Secrets are masked, ordinary code is not."""

import base64
import hashlib
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.files.secrets import MASK, masked, secret_file

_DRAWN = random.Random(7)


def drawn(size: int, alphabet: str = "") -> str:
    letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    return "".join(_DRAWN.choices(alphabet or letters, k=size))


BASE64 = base64.b64encode(_DRAWN.randbytes(48)).decode()
HEX = hashlib.sha256(b"x").hexdigest()
UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

TOKENS = {
    "AWS": "AKIA" + drawn(16, UPPER),
    "GitHub": "ghp_" + drawn(36),
    "GitHub, fine-grained": "github_pat_" + drawn(22) + "_" + drawn(59),
    "GitLab": "glpat-" + drawn(20),
    "Slack": "xox" + "b-" + drawn(12, "0123456789") + "-" + drawn(24),
    "Stripe": "sk" + "_live_" + drawn(24),
    "Google": "AIza" + drawn(35),
    "OpenAI": "sk-" + drawn(48),
    "OpenAI, project": "sk-proj-" + drawn(48),
    "Anthropic": "sk-ant-api03-" + drawn(80),
    "npm": "npm_" + drawn(36),
    "PyPI": "pypi-" + drawn(100),
    "Hugging Face": "hf_" + drawn(34),
    "JWT": f"eyJ{drawn(30)}.eyJ{drawn(60)}.{drawn(43)}",
}


@pytest.mark.parametrize("token", TOKENS.values(), ids=TOKENS.keys())
@pytest.mark.parametrize(
    "around", ["x = '{}'", "# see {} there", "curl -H {}", "f({})"]
)
def test_known_tokens_are_masked_anywhere(token: str, around: str) -> None:
    assert masked(around.format(token)) == around.format(MASK)


SECRETS = {
    'password = "hunter2!x9"': 'password = "***"',
    "DB_PASSWORD = 'Tr0ub4dor&3'": "DB_PASSWORD = '***'",
    'const apiKey: string = "a8f5f167f44f";': 'const apiKey: string = "***";',
    '{"api_key": "a8f5f167f44f", "n": 1}': '{"api_key": "***", "n": 1}',
    "define('DB_PASSWORD', 'x7#kk2pQ');": "define('DB_PASSWORD', '***');",
    'os.environ["CLIENT_SECRET"] = "q8r7-zz91-ab"': 'os.environ["CLIENT_SECRET"] = "***"',
    'builder.password("k3yb0ard-c4t")': 'builder.password("***")',
    'char *secret_key = "9f8a7b6c5d";': 'char *secret_key = "***";',
    '#define WIFI_PASSWORD "s3cr3tp4ss"': '#define WIFI_PASSWORD "***"',
    f"export API_TOKEN={HEX[:40]}": "export API_TOKEN=***",
    f'blob = "{BASE64}"': 'blob = "***"',
    f'digest = b"{HEX}"': 'digest = b"***"',
    'url = "postgres://app:s3cr3t@db:5432/x"': 'url = "postgres://app:***@db:5432/x"',
    "token = `k9Xv2Lq8Zr4Tn6Wp1Bs3`": "token = `***`",
    'conn = "Server=db;Password=P@ssw0rd12;"': 'conn = "Server=db;Password=***;"',
    'conn = "Pwd=P@ssw0rd12;Server=db"': 'conn = "Pwd=***;Server=db"',
    "curl -u admin:Pa55w0rd9x https://x": "curl -u admin:*** https://x",
    "curl -s \\\n  --user 'me:Pa55w0rd9x'": "curl -s \\\n  --user 'me:***'",
    "export DB_PASS=s3cr3tPw!": "export DB_PASS=***",
    "DB_PASSWORD=s3cr3tPw!": "DB_PASSWORD=***",
    'dbPass = "s3cr3tPw!"': 'dbPass = "***"',
    '{"pass": "s3cr3tPw!"}': '{"pass": "***"}',
    'x = "aws_session_token=FwoGZXIvYXdzEBYaD7k2Lq8Zr4Tn"': 'x = "aws_session_token=***"',
    'password = "Tr0ub4d(r&3"': 'password = "***"',
    'password = "pa$sw0rd-12"': 'password = "***"',
    'secret = "{env}k9Xv2Lq8Zr4Tn6Wp1Bs3"': 'secret = "***"',
}


@pytest.mark.parametrize(("text", "expected"), SECRETS.items(), ids=range(len(SECRETS)))
def test_values_are_masked_and_their_quotes_kept(text: str, expected: str) -> None:
    assert masked(text) == expected
    assert masked(f"a\n  {text}\nb") == f"a\n  {expected}\nb"


DJANGO = "abcdefghijklmnopqrstuvwxyz0123456789!@#$%^&*(-_=+)"


@pytest.mark.parametrize("prefix", ["django-insecure-", ""])
def test_keys_of_django_are_masked(prefix: str) -> None:
    keys = [prefix + drawn(50, DJANGO) for _ in range(1000)]
    left = [key for key in keys if key in masked(f"SECRET_KEY = '{key}'\n")]
    assert len(left) <= (0 if prefix else 5)


ORDINARY = [
    "token = self.next_token()",
    "password = getpass()",
    'password = getpass.getpass("Password: ")',
    'key = "description"',
    'KEY = "some.long.dotted_setting-name/with/parts"',
    'CONF_PASSWORD = "password"',
    'password_label = "Enter_your_password"',
    'PASSWORD_HASHER = "django.contrib.auth.hashers.PBKDF2PasswordHasher"',
    "String key = someVeryLongCamelCaseIdentifierThatGoesOn;",
    'key = "someVeryLongCamelCaseIdentifierThatGoesOnAndOn2"',
    "password=$1",
    'password = "${DB_PASSWORD}"',
    'f"postgres://{user}:{password}@{host}"',
    '"https://user:password@example.org"',
    'url = "https://example.org/a/b/c?key=value&token=1"',
    'id = "123e4567-e89b-12d3-a456-426614174000"',
    'ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"',
    'from "../../components/authentication/token/KeyProvider2"',
    "N = 12345678901234567890123456789012345678901234567890",
    'model="Qwen/Qwen3-Omni-30B-A3B-Instruct"',
    'BEGIN = "-----BEGIN OPENSSH PRIVATE KEY-----"\nEND = "-----END OPENSSH PRIVATE KEY-----"',
    "<div class='sk-circle-fade-dot sk-spinner-double-bounce'>",
    "for key, value in items.items():",
    "if (key === 'ArrowDown' || key === 'ArrowUp') {",
    "assert token.type == Token.KEYWORD_2",
    'SECRET = "%(DB_PASSWORD)s"',
    'secret = "<YOUR_SECRET_KEY_2>"',
    'password = "$DB_USER_1:$DB_PASSWORD_2"',
    'password = "getUserPassword(user1)"',
    'TOKEN_RE = "[A-Za-z0-9]{20,}"',
    r'SECRET_RE = r"^(?P<secret>\w{4,8})-(?P<key>[a-f0-9]{32})$"',
    'PASSWORD_FIELD = "input[name=password1]:nth-child(2)"',
    'f"Server={host};Password={password1};"',
    "if (a) b;password=user.password2;",
    '$password=md5($salt1."x");',
    "docker run -u 1000:1000 curl -u $USER:$PASSWORD_1 x",
    "export DB_PASS=$1",
    "DB_PASS=os.environ",
    "    pass  # see 'f1-x2-y3z'",
    'bypass = "s3-x2-y1-z0"',
    'render_pass = "shadow_map"',
]


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_code_stays(text: str) -> None:
    assert masked(text) == text


def test_key_block_is_masked_and_keeps_its_lines() -> None:
    body = "\n".join(drawn(64) for _ in range(5)) + "\n" + drawn(12)
    head, tail = "-----BEGIN RSA PRIVATE KEY-----", "-----END RSA PRIVATE KEY-----"
    text = f'x = """{head}\n{body}\n{tail}"""\ny = 1\n'
    out = masked(text)
    assert out.count("\n") == text.count("\n")
    assert not any(line in out for line in body.split("\n"))
    assert out.endswith(f'{tail}"""\ny = 1\n')


def test_between_both_marks_of_a_key_nothing_is_left() -> None:
    head, tail = "-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----"
    body = "".join(f'\n  "{drawn(24)}" +' for _ in range(4))
    out = masked(f'x = "{head}" +{body} "{tail}"')
    assert out == f'x = "{head}{MASK}\n\n\n\n{tail}"'


@given(st.text("pas word=:'\"`\n\r(){}$-_/@aB3xİ") | st.text())
def test_lines_are_as_many_as_before(text: str) -> None:
    assert masked(text).count("\n") == text.count("\n")


@given(st.text("key=:'\" \naB3xyZ9q"))
def test_masking_twice_is_masking_once(text: str) -> None:
    assert masked(masked(text)) == masked(text)


HOSTILE = [
    "key", "key=", "'key\"=", "password ", "://a:", "eyJaaaaaaaa.", "eyJ-", "sk-ab1-",
    "-----BEGIN PRIVATE KEY-----", "xoxb-", "curl -u a:", ";password=", "PASS=", "pass",
    "'password={", "secret='$a(", "curl ", "ghp_", "key: ", "pypi-", "'a1B",
]  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_lines_end(piece: str) -> None:
    text = piece * (300_000 // len(piece))
    assert masked(text).count("\n") == 0


SECRET_FILES = [
    ".env",
    ".env.local",
    ".env.example",
    "prod.env",
    ".envrc",
    "a/.env",
    "server.pem",
    "tls/server.key",
    "id_rsa",
    "id_ed25519",
    "id_rsa.bak",
    "cert.p12",
    "a.pfx",
    "a.jks",
    "a.keystore",
    "a.kdbx",
    ".netrc",
    ".npmrc",
    ".pypirc",
    "credentials",
    "credentials.json",
    ".aws/config",
    "home/.ssh/known_hosts",
    ".gnupg/x",
    "main.tfstate",
    "terraform.tfstate.backup",
    "prod.tfvars",
    "secrets.yml",
    "secrets.yaml",
    "config/secrets.json",
    "app-secrets.toml",
    "service-account.json",
    "service_account_prod.json",
    ".htpasswd",
    "master.key",
    ".git-credentials",
    "kubeconfig",
    "client_secret_1.json",
    "Secrets.YML",
]
PLAIN_FILES = [
    "environment.py",
    "env.py",
    "keys.py",
    "secrets.py",
    "secret_store.go",
    "key.ts",
    "credentials.py",
    "password.rb",
    "token.java",
    "monkey.c",
    "id_rsa_parser.py",
    "main.tf",
    "keyboard.h",
    "Secrets.java",
]


@pytest.mark.parametrize("path", SECRET_FILES)
def test_files_of_secrets_are_told_by_name(path: str) -> None:
    assert secret_file(path)


@pytest.mark.parametrize("path", PLAIN_FILES)
def test_source_about_secrets_is_source(path: str) -> None:
    assert not secret_file(path)
