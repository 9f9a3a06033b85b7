"""Which route answered a request, without what the request put into it."""

from starlette.types import Scope

from potluck.api.sub_path import own_path


def route_template(scope: Scope) -> str:
    """The whole template of the route that was chosen, with all prefixes; `-` when none was.

    Inside nested routers `scope["route"]` knows the innermost part alone (FastAPI 0.137 and later).
    A mount leaves no route behind, but what it matched at the end of `root_path`; a plain route
    leaves its endpoint, and its path is the template when it has no parameters.
    """
    included = scope.get("fastapi", {}).get("effective_route_context")
    for route in (included, scope.get("route")):
        if template := getattr(route, "path_format", ""):
            return str(template)
    root = scope.get("root_path", "")
    if mounted := root.removeprefix(scope.get("app_root_path", root)):
        return str(mounted)
    if "endpoint" in scope and not scope.get("path_params"):
        return own_path(scope)
    return "-"
