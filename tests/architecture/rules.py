"""The house rules that no linter knows: how each is found, what to do instead, what is excepted."""

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from potluck.core import errors
from potluck.core.errors import AppError
from tests.architecture.modules import Function, Module

FILE_LINES = 300
FUNCTION_LINES = 40
STATEMENTS = {"select", "text", "update", "delete", "insert", "exists", "union", "union_all"}
STATEMENT_LAYERS = {"crud", "db", "alembic", "models"}
ASKING = {"add", "add_all", "delete", "execute", "get", "merge", "scalar", "scalars", "stream"}
CLOCKS = re.compile(r"(^|\.)(datetime\.(now|utcnow|today)|date\.today|time\.time(_ns)?)$")
DRAWERS = {"utils", "util", "helpers", "helper", "common", "misc", "shared"}
MARKS = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|HA" + r"CK)\b")
LOG_LEVELS = {"debug", "info", "warning", "error", "exception", "critical"}
REFUSALS = {
    name
    for name, value in vars(errors).items()
    if isinstance(value, type) and issubclass(value, AppError)
}


@dataclass(frozen=True)
class Rule:
    """`find` gives where a module breaks it; `excepted` are paths with the reason."""

    name: str
    instead: str
    find: Callable[[Module], Iterator[str]]
    breach: Module
    excepted: dict[str, str] = field(default_factory=dict)


def commits(module: Module) -> Iterator[str]:
    for line, name, _ in module.calls():
        if name.endswith((".commit", ".rollback")):
            yield f"line {line}: {name}"


def statements(module: Module) -> Iterator[str]:
    if module.layer in STATEMENT_LAYERS:
        return
    for line, origin, name in module.imports():
        if origin.split(".")[0] == "sqlalchemy" and name in STATEMENTS:
            yield f"line {line}: {name}"
    for line, name, _ in module.calls():
        owner, _, verb = name.rpartition(".")
        if owner.rpartition(".")[2].endswith("session") and verb in ASKING:
            yield f"line {line}: {name}"


def changes_past_services(module: Module) -> Iterator[str]:
    if module.layer not in {"api", "web"}:
        return
    for line, name, _ in module.calls():
        if re.fullmatch(r"crud\.\w+\.(create|update|remove)", name):
            yield f"line {line}: {name}"


def returned_refusals(module: Module) -> Iterator[str]:
    """A function may make a refusal, if every caller of it says `raise`."""
    makers = {each.name for each in module.functions() if _names_refusal(each.returns)}
    raised = {id(node.exc) for node in module.nodes if isinstance(node, ast.Raise) and node.exc}
    for function in module.functions():
        for node in ast.walk(function):
            if isinstance(node, ast.Return) and function.name not in makers and _is_refusal(node):
                yield f"line {node.lineno}: {function.name} returns a refusal"
    for line, name, call in module.calls():
        if name.rpartition(".")[2] in makers and id(call) not in raised:
            yield f"line {line}: {name}(...) is not raised"


def _is_refusal(node: ast.Return) -> bool:
    value = node.value.func if isinstance(node.value, ast.Call) else node.value
    return value is not None and ast.unparse(value).rpartition(".")[2] in REFUSALS


def _names_refusal(annotation: ast.expr | None) -> bool:
    return annotation is not None and ast.unparse(annotation).strip("'") in REFUSALS


def framework_errors(module: Module) -> Iterator[str]:
    for line, _, name in module.imports():
        if name in {"HTTPException", "StarletteHTTPException"}:
            yield f"line {line}: {name}"


def urls_of_requests(module: Module) -> Iterator[str]:
    """Starlette builds them from `Host` and path, both the client's (CVE-2026-48710)."""
    if module.layer not in {"api", "web", "main", "providers"}:
        return
    for node in module.nodes:
        if isinstance(node, ast.Attribute) and node.attr in {"url", "base_url", "url_for"}:
            owner = ast.unparse(node.value).rpartition(".")[2]
            if owner in {"request", "websocket"}:
                yield f"line {node.lineno}: {ast.unparse(node)}"


def other_clocks(module: Module) -> Iterator[str]:
    for line, name, _ in module.calls():
        if CLOCKS.search(name):
            yield f"line {line}: {name}"


def prints(module: Module) -> Iterator[str]:
    for line, name, _ in module.calls():
        if name in {"print", "pprint"}:
            yield f"line {line}: {name}"


def events_made_up(module: Module) -> Iterator[str]:
    for line, name, call in module.calls():
        owner, _, level = name.rpartition(".")
        if owner in {"log", "logger"} and level in LOG_LEVELS:
            event = call.args[0] if call.args else None
            if not (isinstance(event, ast.Constant) and isinstance(event.value, str)):
                yield f"line {line}: {name}"


def unfinished_business(module: Module) -> Iterator[str]:
    for number, line in enumerate(module.source.splitlines(), start=1):
        if MARKS.search(line):
            yield f"line {number}"


def long_files(module: Module) -> Iterator[str]:
    lines = len(module.source.splitlines())
    if lines > FILE_LINES:
        yield f"{lines} lines"


def long_functions(module: Module) -> Iterator[str]:
    for function in module.functions():
        if (lines := _lines(function)) > FUNCTION_LINES:
            yield f"{function.name} has {lines} lines"


def _lines(function: Function) -> int:
    """Lines from `def` to the end, without the docstring."""
    lines = (function.end_lineno or function.lineno) - function.lineno + 1
    if ast.get_docstring(function) is not None:
        first = function.body[0]
        lines -= (first.end_lineno or first.lineno) - first.lineno + 1
    return lines


def drawers(module: Module) -> Iterator[str]:
    for part in module.path.removesuffix(".py").split("/"):
        if part in DRAWERS:
            yield part


def sessions_that_outlive_the_answer(module: Module) -> Iterator[str]:
    for line, name, call in module.calls():
        if name != "Depends" or not call.args:
            continue
        wanted = ast.unparse(call.args[0]).rpartition(".")[2]
        scope = {each.arg: ast.unparse(each.value) for each in call.keywords}.get("scope")
        if wanted in {"get_session", "get_read_session"} and scope != "'function'":
            yield f"line {line}"


def bare_endpoints(module: Module) -> Iterator[str]:
    if not module.path.startswith("api/api_v1/endpoints/"):
        return
    for function in module.functions():
        routes = [each for each in function.decorator_list if _is_route(each)]
        if routes and ast.get_docstring(function) is None:
            yield f"{function.name} has no docstring"
        for route in routes:
            keywords = {each.arg: each.value for each in getattr(route, "keywords", [])}
            if "problems(" not in ast.unparse(keywords.get("responses", ast.Constant(None))):
                yield f"{function.name} declares no problems"
            answers = "response_model" in keywords or function.returns is not None
            if not answers:
                yield f"{function.name} declares no answer"


def _is_route(decorator: ast.expr) -> bool:
    return ast.unparse(decorator).startswith("router.")


TRANSLATORS = {
    "api/problems.py": "turns the framework's errors into ours, and answers them there",
    "db/failures.py": "turns what the database says into ours, and raises it there",
}
BEFORE_TABLES = "waits for the database and locks it before there are tables"

RULES = [
    Rule(
        "only the unit of work commits",
        "use session.flush(); Database.transaction of potluck.db.session commits",
        commits,
        Module("services/x.py", "async def f(session):\n    await session.commit()"),
        {
            "db/session.py": "this is the unit of work",
            "db/statement_limit.py": "the driver's own commit, which is never interrupted",
            "db/sqlite_loop.py": "the driver itself, at SQLAlchemy's word",
            "db/engines.py": "a connection that goes back to the pool takes no transaction along",
        },
    ),
    Rule(
        "SQL is written in crud",
        "move the statement into potluck/crud",
        statements,
        Module("services/x.py", "from sqlalchemy import select"),
        {"backend_pre_start.py": BEFORE_TABLES},
    ),
    Rule(
        "a session is asked by crud alone",
        "move the statement into potluck/crud",
        statements,
        Module("api/x.py", "async def f(session):\n    return await session.scalar(q)"),
        {"backend_pre_start.py": BEFORE_TABLES},
    ),
    Rule(
        "the edge changes nothing itself",
        "call a service: rules about changes live there",
        changes_past_services,
        Module("web/x.py", "async def f(session):\n    await crud.tag.remove(session, tag)"),
    ),
    Rule(
        "refusals are raised and not returned",
        "raise it; callers must not have to look at what they get",
        returned_refusals,
        Module("services/x.py", "def f():\n    return NotFound('no')"),
        TRANSLATORS,
    ),
    Rule(
        "what makes a refusal is raised where it is called",
        "write `raise f(...)`",
        returned_refusals,
        Module("crud/x.py", "def f() -> NotFound: ...\n\n\ndef g():\n    x = f()"),
        TRANSLATORS,
    ),
    Rule(
        "no HTTPException",
        "raise a refusal of potluck.core.errors",
        framework_errors,
        Module("api/x.py", "from fastapi import HTTPException"),
        {
            "api/problems.py": "turns the framework's own into problems",
            "api/routing.py": "FastAPI lets no other exception out of reading a body",
            "api/middleware/body_limit.py": "FastAPI lets no other exception out of reading a body",
            "web/assets.py": "an ASGI app of its own, which the framework's handlers answer for",
        },
    ),
    Rule(
        "j08: no decision reads request.url",
        "take scope['path'], and the settings' public_url for our own address",
        urls_of_requests,
        Module("web/x.py", "def f(request):\n    return request.url.scheme"),
    ),
    Rule(
        "there is one clock",
        "take `now` as an argument; the edge asks potluck.core.clock",
        other_clocks,
        Module("services/x.py", "now = datetime.now(UTC)"),
        {"core/clock.py": "this is the clock"},
    ),
    Rule(
        "nothing prints",
        "log an event, or typer.echo in a command",
        prints,
        Module("services/x.py", "print('done')"),
    ),
    Rule(
        "log events are fixed words",
        'log.info("recipe_saved", id=id): the variable part is a member',
        events_made_up,
        Module("services/x.py", "log.info(f'saved {id}')"),
    ),
    Rule(
        "nothing is left for later",
        "do it, or leave it out",
        unfinished_business,
        Module("services/x.py", "# TO" + "DO later"),
    ),
    Rule(
        "files are short",
        "make it a package of the same name; call sites stay",
        long_files,
        Module("services/x.py", "x = 1\n" * (FILE_LINES + 1)),
    ),
    Rule(
        "functions are short",
        "give a part of it a name",
        long_functions,
        Module("services/x.py", "def f():\n" + "    x = 1\n" * FUNCTION_LINES),
    ),
    Rule(
        "no drawers",
        "name the module by what it knows",
        drawers,
        Module("services/utils.py", ""),
    ),
    Rule(
        "sessions end before the answer leaves",
        'Depends(get_session, scope="function"): else a failed commit is answered with 201',
        sessions_that_outlive_the_answer,
        Module("providers.py", "Session = Annotated[S, Depends(get_session)]"),
    ),
    Rule(
        "endpoints say what they do and refuse",
        "docstring (it is the documentation), return type, responses=problems(...)",
        bare_endpoints,
        Module(
            "api/api_v1/endpoints/x.py", "@router.get('')\nasync def f() -> X:\n    '''Says.'''"
        ),
    ),
]
