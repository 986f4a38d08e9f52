"""What a repository holds beside its source, told by names and first lines: tables."""

import re
from collections.abc import Iterator

VENDORED = frozenset({
    "node_modules", "bower_components", "jspm_packages", "vendor", "vendored",
    "third_party", "third-party", "thirdparty", "3rdparty", "site-packages",
    "dist-packages", "Pods", "Carthage", "elm-stuff",
})  # fmt: skip

OUTPUT = frozenset({
    "__pycache__", "__pypackages__", "dist", "_build", "htmlcov", "DerivedData",
    "generated", "__generated__", "venv", "virtualenv",
})  # fmt: skip
_OUTPUT_NAME = re.compile(r"cmake-build-|bazel-|.*\.(?:egg-info|dist-info|egg)\Z")

OUTPUT_MARKS = ("pyvenv.cfg", "conda-meta", "CACHEDIR.TAG", "CMakeCache.txt")
"""A folder that holds one of these was made by a program, whatever it is called."""

OUTPUT_BESIDE = {
    "target": ("Cargo.toml", "pom.xml", "build.sbt", "project.clj"),
    "build": ("build.gradle", "build.gradle.kts", "setup.py", "CMakeLists.txt"),
}
"""Names that are output only beside a build that writes there: ``build/`` is often source."""

BESIDE = frozenset(name for names in OUTPUT_BESIDE.values() for name in names)

DATA = frozenset(
    f".{suffix}"
    for suffix in (  # noqa: SIM905 - a list of words
        # settings, data and markup
        "json jsonl ndjson json5 jsonc geojson csv tsv svg xml xsd xsl xslt plist lock "
        "ipynb yaml yml toml ini cfg conf properties po pot mo dat log snap sum parquet "
        "avro arrow npy npz pkl pickle h5 hdf5 db sqlite sqlite3 dump diff patch resx "
        "csproj vbproj fsproj sln props targets xaml map tsbuildinfo editorconfig "
        # prose
        "md markdown mdx rst txt text adoc asciidoc org tex bib rtf pdf doc docx odt "
        "xls xlsx ppt pptx "
        # pictures, sound, fonts
        "png jpg jpeg gif bmp ico icns webp avif tif tiff psd ai eps heic mp3 mp4 wav "
        "ogg flac avi mov mkv webm ttf otf woff woff2 eot "
        # programs and archives
        "zip gz tgz bz2 xz zst 7z rar tar jar war ear apk ipa whl egg gem nupkg deb rpm "
        "dmg iso img exe dll so dylib a lib o obj pdb class pyc pyo pyd wasm bin elf "
        "onnx pt pth safetensors gguf tflite"
    ).split()
)

_GENERATED_NAME = re.compile(
    r".*_pb2(?:_grpc)?\.pyi?"
    r"|.*[._]pb\.(?:go|gw\.go|cc|cpp|h|hpp|c|rb|js|ts|d\.ts|swift|dart)"
    r"|.*_pb\.(?:js|ts|d\.ts|rb)|.*_grpc_pb\.(?:js|d\.ts)|.*_services_pb\.rb"
    r"|.*\.(?:g|g\.i|designer|freezed|gr|mocks)\.(?:cs|vb|dart)"
    r"|.*[._-](?:generated|gen)\.[a-z]+|zz_generated.*|generated_.*"
    r"|moc_.*\.cpp|ui_.*\.h|qrc_.*\.(?:cpp|py)|lex\.yy\.c|.*\.tab\.[ch]"
    r"|temporarygeneratedfile_.*|assemblyinfo\.cs|.*\.assemblyattributes\.cs"
    r"|bindata\.go|.*_string\.go|.*_easyjson\.go",
    re.IGNORECASE,
)
_MINIFIED_NAME = re.compile(
    r".*[.-]min\.(?:[cm]?js|css)|.*\.(?:bundle|chunk|packed)\.[cm]?js", re.IGNORECASE
)

_GENERATED_TEXT = re.compile(
    r"""^\s*(?:\#|//|/?\*|--|<!--|;|%|\(\*|'|\"\"\"|''').*?
    (?:@generated\b|\bGENERATED\ (?:CODE|FILE|BY)\b|\bDO\ NOT\ (?:EDIT|MODIFY)\b
    |<auto-?generated|\b(?i:code|file|class|module)\ (?i:is\ |was\ |has\ been\ )?
      (?i:auto(?:matically\ |-)?)?(?i:generated\ (?:by|from|with|using|automatically)\b)
    |\b(?i:auto-?generated|automatically\ generated)\ (?i:by|from|with|using|file|code)\b
    |\bGenerated\ by\ the\ protocol\ buffer\ compiler)""",
    re.MULTILINE | re.VERBOSE,
)
_HEAD = 2048  # characters in which a generator says that it was here


def output_folder(name: str) -> bool:
    return name in OUTPUT or _OUTPUT_NAME.match(name) is not None


def generated_name(name: str) -> bool:
    return _GENERATED_NAME.fullmatch(name) is not None


def minified_name(name: str) -> bool:
    return _MINIFIED_NAME.fullmatch(name) is not None


def generated(text: str) -> bool:
    """Tell whether a comment at the beginning says that a program wrote this."""
    head = text[:_HEAD]
    if "DO NOT" not in head and "generated" not in head.lower():
        return False  # the pattern needs one of them, and is slow
    return _GENERATED_TEXT.search(head) is not None


def minified(text: str) -> bool:
    """Tell whether nobody wrote such lines: over 200 characters on the average.

    Or most of the text stands in lines of over a thousand.
    """
    size = len(text)
    if size < 2000:  # noqa: PLR2004 - one long line is no sign yet
        return False
    lines = text.count("\n") + 1
    if size > 200 * lines:
        return True
    return 2 * sum(_very_long(text)) > size


def _very_long(text: str) -> Iterator[int]:
    """Yield the length of each line from ``_VERY_LONG`` on.

    It steps over many short lines at once: a file has thousands of them.
    """
    at = 0
    while at + _VERY_LONG <= len(text):
        last = text.rfind("\n", at, at + _VERY_LONG)
        if last < 0:
            end = text.find("\n", at + _VERY_LONG)
            last = end if end >= 0 else len(text)
            yield last - at
        at = last + 1


_VERY_LONG = 1000
