"""Answers that begin with a given text: the tokens that may say it, and what is left."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from lsp_server.engine.base import RequestRefused


class TokenBytes:
    """The bytes that each token of a vocabulary stands for, and the tokens by bytes.

    ``tokens`` are in the order of their ids; those in ``never`` say nothing.
    """

    def __init__(self, tokens: Sequence[bytes], never: Collection[int]) -> None:
        self._tokens = tokens
        pairs = sorted(
            (token, id_)
            for id_, token in enumerate(tokens)
            if token and id_ not in never
        )
        self._sorted = [token for token, _ in pairs]
        self._ids = [id_ for _, id_ in pairs]
        self._exactly = defaultdict[bytes, list[int]](list)
        for token, id_ in pairs:
            self._exactly[token].append(id_)

    def allowed(self, rest: bytes) -> list[int]:
        """Return the ids that bring ``rest``, which is not empty, nearer to being said.

        They begin with all of it, or are a beginning of it. With a token for each byte
        there is always one, so nobody runs into a dead end.
        """
        size = len(rest)
        low = bisect_left(self._sorted, rest)
        high = bisect_right(self._sorted, rest, lo=low, key=lambda token: token[:size])
        ids = self._ids[low:high]
        for end in range(1, size):
            ids += self._exactly.get(rest[:end], ())
        return ids

    def rest(self, begin: bytes, said: Iterable[int]) -> bytes:
        """Return what of ``begin`` the ids ``said``, all of them allowed, leave to say."""
        rest = begin
        for id_ in said:
            if not rest:
                break
            rest = rest[len(self._tokens[id_]) :]
        return rest


def token_bytes(tokenizer: Any, width: int) -> TokenBytes:
    """Return what the tokens of a Hugging Face tokenizer stand for.

    ``width`` is the number of logits. Added tokens say nothing: they are the special
    ones, also where a file forgets to mark them, and others that no text needs. xgrammar,
    which comes with vLLM, knows how each kind of tokenizer writes bytes.
    """
    from xgrammar import TokenizerInfo  # noqa: PLC0415 - it imports torch

    info = TokenizerInfo.from_huggingface(tokenizer, vocab_size=width)
    never = {
        *tokenizer.get_added_vocab().values(),
        *tokenizer.all_special_ids,
        *info.special_token_ids,
    }
    return TokenBytes(info.decoded_vocab, never)


def after(begin: str, text: str, *, ended: bool) -> str | None:
    """Return what of an answer comes after ``begin``, None while it is not all said.

    ``text`` is the answer up to now, which is all of it if ``ended``. Raises
    RequestRefused where it begins otherwise; the user's text is not in the message.
    """
    if text.startswith(begin):
        return text[len(begin) :]
    if ended or not begin.startswith(text):
        raise RequestRefused(
            "The engine's answer does not begin with the text before the cursor, as it "
            "was asked to."
        )
    return None
