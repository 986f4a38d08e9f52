"""What is asked of the hub, and its refusals in words for the user."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from huggingface_hub import HfApi, constants, get_token
from huggingface_hub.errors import (  # type: ignore[attr-defined] # HTTPError is httpx's or httpx2's, by version
    GatedRepoError,
    HfHubHTTPError,
    HFValidationError,
    HTTPError,
    LocalEntryNotFoundError,
    OfflineModeIsEnabled,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

from lsp_server.engine.base import EngineError, ModelUnusable
from lsp_server.engine.download.known import near_names
from lsp_server.engine.download.selection import RemoteFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    """Where models come from (the hub, or a mirror of it), and where they are kept."""

    endpoint: str
    cache: Path

    def folder(self, name: str) -> Path:
        """Return where the cache keeps all that it has of the model."""
        return self.cache / f"models--{name.replace('/', '--')}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """A model at one commit of its repository; ``revision`` is how it was asked for."""

    name: str
    revision: str
    commit: str
    files: tuple[RemoteFile, ...]


class Unreachable(EngineError):
    """The hub does not answer, or must not be asked."""


def configured_hub() -> Hub:
    """Return the hub of HF_ENDPOINT and the cache of HF_HOME or HF_HUB_CACHE."""
    return Hub(endpoint=constants.ENDPOINT, cache=Path(constants.HF_HUB_CACHE))


def ask(hub: Hub, name: str, revision: str | None) -> Repository:
    """Return what the hub has of the model now.

    Raises ModelUnusable where there is no such model or revision, and Unreachable.
    """
    revision = revision or constants.DEFAULT_REVISION
    with explained(hub, name, revision):
        info = HfApi(endpoint=hub.endpoint).model_info(
            name, revision=revision, files_metadata=True
        )
    return Repository(
        name=name,
        revision=revision,
        commit=info.sha or "",
        files=tuple(
            RemoteFile(
                path=file.rfilename,
                size=file.size or 0,
                git_sha1=file.blob_id or "",
                sha256=file.lfs.sha256 if file.lfs is not None else None,
            )
            for file in info.siblings or ()
        ),
    )


@contextmanager
def explained(hub: Hub, name: str, revision: str) -> Iterator[None]:
    """Raise what the hub's client raises as ModelUnusable or Unreachable."""
    try:
        yield
    except GatedRepoError as error:
        raise ModelUnusable(_gated(hub, name)) from error
    except (RepositoryNotFoundError, HFValidationError) as error:
        raise ModelUnusable(no_such_model(name)) from error
    except RevisionNotFoundError as error:
        raise ModelUnusable(
            f"{name} has no revision {revision}. Its branches and tags are listed at"
            f" {hub.endpoint}/{name}/tree/main."
        ) from error
    except OfflineModeIsEnabled as error:
        raise Unreachable(
            "HF_HUB_OFFLINE is set, so nothing is downloaded. Unset it, or point"
            " HF_ENDPOINT to a mirror that you can reach."
        ) from error
    except HfHubHTTPError as error:
        status = error.response.status_code
        raise Unreachable(f"{hub.endpoint} answers {status} for {name}.") from error
    except (HTTPError, LocalEntryNotFoundError) as error:
        raise Unreachable(
            f"{hub.endpoint} cannot be reached: {error}. HF_ENDPOINT names a mirror."
        ) from error


def no_such_model(name: str) -> str:
    """Return the message for a name that the hub does not have."""
    near = near_names(name)
    meant = f" Did you mean {' or '.join(near)}?" if near else ""
    return (
        f"There is no model {name} on the hub, or it is private.{meant} Names are written"
        " as the hub has them: organisation/model."
    )


def _gated(hub: Hub, name: str) -> str:
    accept = f"accept its licence at {hub.endpoint}/{name}"
    if get_token() is None:
        return (
            f"{name} is given only to those who accepted its licence: log in there and"
            f" {accept}, then run hf auth login here, and this again."
        )
    return (
        f"{name} is given only to those who accepted its licence, and your account has not,"
        f" or was not let in yet: {accept}, and run this again. hf auth whoami says which"
        " account it is."
    )
