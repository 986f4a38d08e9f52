"""The reserved words of the languages: what looks like an identifier and is none.

Literals (``true``, ``None``) and the primitive types of the C-like languages count.
"""

_C = """auto break case char const continue default do double else enum extern float for goto
    if inline int long register restrict return short signed sizeof static struct switch
    typedef union unsigned void volatile while bool true false NULL nullptr _Bool size_t
    alignas alignof static_assert thread_local typeof int8_t int16_t int32_t int64_t
    uint8_t uint16_t uint32_t uint64_t defined include define ifdef ifndef endif elif
    undef pragma ssize_t"""

_CPP = (
    _C
    + """ and and_eq asm bitand bitor catch char8_t char16_t char32_t class compl concept
    consteval constexpr constinit const_cast co_await co_return co_yield decltype delete
    dynamic_cast explicit export final friend mutable namespace new noexcept not not_eq
    operator or or_eq override private protected public reinterpret_cast requires
    static_cast template this throw try typeid typename using virtual wchar_t xor xor_eq
    import module"""
)

_JAVASCRIPT = """async await break case catch class const continue debugger default delete do
    else export extends false finally for from function get if import in instanceof let
    new null of return set static super switch this throw true try typeof undefined var
    void while with yield NaN Infinity arguments"""

_TYPESCRIPT = (
    _JAVASCRIPT
    + """ abstract accessor any as asserts bigint boolean declare enum implements infer
    interface is keyof module namespace never number object out override package private
    protected public readonly satisfies string symbol type unique unknown using"""
)

_WORDS = {
    "python": """and as assert async await break case class continue def del elif else
        except False finally for from global if import in is lambda match None nonlocal
        not or pass raise return True try type while with yield""",
    "c": _C,
    "cpp": _CPP,
    "java": """abstract assert boolean break byte case catch char class const continue
        default do double else enum exports extends false final finally float for goto if
        implements import instanceof int interface long module native new non null opens
        package permits private protected public record requires return sealed short static
        strictfp super switch synchronized this throw throws transient true try var void
        volatile when while yield""",
    "php": """abstract and array as bool break callable case catch class clone const
        continue declare default die do echo else elseif empty enddeclare endfor endforeach
        endif endswitch endwhile enum exit extends false final finally float fn for foreach
        function global goto if implements include include_once instanceof insteadof int
        interface isset iterable list match mixed namespace never new null object or parent
        print private protected public readonly require require_once return self static
        string switch this throw trait true try unset use var void while xor yield TRUE
        FALSE NULL php strict_types""",
    "typescript": _TYPESCRIPT,
    "tsx": _TYPESCRIPT,
    "javascript": _JAVASCRIPT,
    "csharp": """abstract add alias as ascending async await base bool break by byte case
        catch char checked class const continue decimal default delegate descending do
        double dynamic else enum equals event explicit extern false file finally fixed
        float for foreach from get global goto group if implicit in init int interface
        internal into is join let lock long managed nameof namespace new nint not notnull
        nuint null object on operator or orderby out override params partial private
        protected public readonly record ref remove required return sbyte scoped sealed
        select set short sizeof stackalloc static string struct switch this throw true try
        typeof uint ulong unchecked unmanaged unsafe ushort using value var virtual void
        volatile when where while with yield""",
    "bash": """alias bg break builtin case cd command continue coproc declare disown do done
        echo elif else enable esac eval exec exit export false fc fg fi for function
        getopts hash help if in jobs kill let local mapfile popd printf pushd pwd read
        readarray readonly return select set shift shopt source suspend test then time
        times trap true type typeset ulimit umask unalias unset until wait while""",
    "go": """any append bool break byte cap case chan close comparable complex complex128
        complex64 const continue copy default defer delete else error fallthrough false
        float32 float64 for func go goto if imag import int int16 int32 int64 int8
        interface iota len make map new nil package panic print println range real recover
        return rune select string struct switch true type uint uint16 uint32 uint64 uint8
        uintptr var""",
    "rust": """as async await bool break char const continue crate dyn else enum extern f32
        f64 false fn for i128 i16 i32 i64 i8 if impl in isize let loop macro_rules match
        mod move mut pub ref return self Self static str struct super trait true type u128
        u16 u32 u64 u8 union unsafe use usize where while yield""",
    "ruby": """alias and attr_accessor attr_reader attr_writer begin BEGIN break case class
        def defined do else elsif end END ensure false for if in include extend module next
        nil not or private protected public raise redo require require_relative rescue
        retry return self super then true undef unless until when while yield __FILE__
        __LINE__ __method__""",
    "kotlin": """abstract annotation as break by catch class companion const constructor
        continue crossinline data do else enum false final finally for fun get if import in
        infix init inline inner interface internal is it lateinit null object open operator
        out override package private protected public return sealed set super suspend this
        throw true try typealias val var vararg when where while""",
    "swift": """actor any as associatedtype async await break case catch class continue
        default defer deinit do else enum extension fallthrough false fileprivate final for
        func get guard if import in init inout internal is lazy let mutating nil open
        operator override private protocol public repeat return self Self set some static
        struct subscript super switch throw throws true try typealias var weak where
        while""",
    "scala": """abstract case catch class def do else enum export extends false final
        finally for given if implicit import lazy match new null object override package
        private protected return sealed super then this throw trait true try type using val
        var while with yield""",
    "lua": """and break do else elseif end false for function goto if in local nil not or
        repeat return self then true until while""",
}

KEYWORDS = {name: frozenset(words.split()) for name, words in _WORDS.items()}


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


COMMON = _words(
    """and as break case catch class const continue def default do else elif end enum export
    extends false final finally fn for from func function if implements import in interface
    is let module namespace new nil not null or package private protected public return
    self static struct super switch then this throw true try type use using val var void
    while with yield"""
)
"""What a language without a list of its own most likely reserves."""
