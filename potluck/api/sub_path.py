"""The sub-path that a proxy serves us under; it may cut it off from what it hands on, or not."""

from starlette.types import Scope


def sub_path(scope: Scope) -> str:
    """Like `/kitchen`, empty for none. A mount adds its own to `root_path`, which is not it."""
    return str(scope.get("app_root_path", scope.get("root_path", ""))).rstrip("/")


def own_path(scope: Scope) -> str:
    """The path that was asked for, below the sub-path."""
    root, path = sub_path(scope), str(scope["path"])
    return path.removeprefix(root) if f"{path}/".startswith(f"{root}/") else path
