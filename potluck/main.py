"""The only place that assembles the app."""

import os
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig
from starlette.middleware import Middleware

from potluck import __version__, initial_data
from potluck.api import health, problems, telemetry, versions, well_known
from potluck.api.api_v1.api import api_router
from potluck.api.middleware import stack
from potluck.api.versions import Version
from potluck.clients.fetcher import Fetcher
from potluck.core import config_loading, logging
from potluck.core.clock import Clock, SystemClock
from potluck.core.config import Settings
from potluck.resources import Resources, open_resources
from potluck.web import assets, errors
from potluck.web.routes import docs_router, preview_router, web_router
from potluck.web.templating import Templates
from potluck.worker import service

if TYPE_CHECKING:
    from potluck.worker.metrics import Meter

BODY_LIMIT = 1024 * 1024
IMPORT_BODY_LIMIT = 6 * 1024 * 1024
FORM_AROUND_A_PICTURE = 16 * 1024


def create_app(
    settings: Settings,
    *,
    clock: Clock | None = None,
    fetcher: Fetcher | None = None,
    works_in_background: bool = True,
) -> FastAPI:
    """The whole service; tests may hand in their own clock and fetcher.

    They fetch pictures and index what waits when they want to; with `works_in_background` the app
    does by itself.
    """
    clock = clock or SystemClock()
    meter = open_meter(settings)
    observed = telemetry.config(os.environ)
    base_url_of = address_of(settings)
    page_of = errors.page_of([version.prefix for version in api_versions(settings)])
    app = FastAPI(
        telemetry=observed,
        title="Potluck",
        version=__version__,
        summary="Recipes of a household",
        lifespan=lifespan_of(
            settings, clock, fetcher, meter, observed, works_in_background=works_in_background
        ),
        openapi_url=None,  # each version has its own
        docs_url=None,
        redoc_url=None,
        # The redirect would lead to whatever host the request names.
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,
        middleware=layers(
            settings, clock, meter, base_url_of, page_of, is_traced=observed["tracing"]
        ),
    )
    # The constructor's parameter is deprecated in favour of the server's; ours is a setting.
    app.root_path = settings.server.root_path
    problems.install(app, base_url_of=base_url_of, page_of=page_of)
    add_api(app, settings)
    add_pages(app, settings)
    return app


def address_of(settings: Settings) -> problems.BaseUrlOf:
    """Gives the address that people type, whatever a request names."""
    return lambda _scope: settings.public_url


def open_meter(settings: Settings) -> "Meter | None":
    """What counts requests, if the operator wants metrics: loaded by nobody else."""
    if not settings.metrics.enabled:
        return None
    from potluck.worker.metrics import Meter  # noqa: PLC0415

    return Meter()


def layers(
    settings: Settings,
    clock: Clock,
    meter: "Meter | None",
    base_url_of: problems.BaseUrlOf,
    page_of: problems.PageOf,
    *,
    is_traced: bool,
) -> list[Middleware]:
    """What is around the app, as the operator wants it; functions as for `problems.install`."""
    return stack(
        clock=clock,
        base_url_of=base_url_of,
        page_of=page_of,
        limit_for=body_limits(settings),
        is_https=settings.public_url.startswith("https://"),
        own_hosts=settings.own_hosts,
        body_grace_s=settings.server.body_grace_s,
        cors_origins=settings.cors.origins,
        deprecations=settings.deprecations,
        meter=meter,
        is_traced=is_traced,
    )


def lifespan_of(
    settings: Settings,
    clock: Clock,
    fetcher: Fetcher | None,
    meter: "Meter | None",
    observed: TelemetryConfig,
    *,
    works_in_background: bool,
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """What is open while the app serves."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with (
            telemetry.exporting(observed),
            open_resources(settings, clock=clock, fetcher=fetcher) as resources,
        ):
            await initial_data.refuse_foreign_database(resources.database, resources.master_key)
            await initial_data.read_token_key(resources.personal_token_key)
            app.state.resources = resources
            async with (
                background(resources, works_in_background=works_in_background),
                nullcontext() if meter is None else meter.exposed(resources),
            ):
                yield

    return lifespan


def background(
    resources: Resources, *, works_in_background: bool
) -> AbstractAsyncContextManager[Any]:
    """The work that users do not wait for, unless other processes do it."""
    settings = resources.settings
    is_ours = settings.jobs.in_server or settings.database_url.engine == "sqlite"
    return service.working(resources) if works_in_background and is_ours else nullcontext()


def body_limits(settings: Settings) -> Callable[[str], int]:
    """Gives the most bytes that may be sent to a path.

    Pages of other sites are larger than recipes; a form brings a recipe with the draft it was.
    Pictures are larger still, and come with the words of a form around them.
    """
    picture_limit = settings.media.max_bytes + FORM_AROUND_A_PICTURE

    def limit_of(path: str) -> int:
        if "/recipes/" in path and path.endswith("/cover"):
            return picture_limit
        is_large = path.endswith(("/import", "/recipes/new")) or (
            "/recipes/" in path and path.endswith("/edit")
        )
        return IMPORT_BODY_LIMIT if is_large else BODY_LIMIT

    return limit_of


def api_versions(settings: Settings) -> tuple[Version, ...]:
    """Every version of the API, the oldest first."""
    return (Version(1, settings.api_v1_prefix, api_router),)


def add_api(app: FastAPI, settings: Settings) -> None:
    """The versions of the API, and what stands outside of them."""
    app.include_router(health.router)
    app.include_router(well_known.router)
    versions.add(app, api_versions(settings))


def add_pages(app: FastAPI, settings: Settings) -> None:
    """The web UI, its files, and a page about each version of the API if the operator wants it."""
    static = assets.open_static(with_api_docs=settings.docs)
    app.state.templates = Templates(static)
    app.mount(assets.MOUNT, static)
    app.include_router(web_router)
    if settings.mail.preview:
        app.include_router(preview_router)
    if settings.docs:
        for version in api_versions(settings):
            app.include_router(docs_router, prefix=version.prefix)


def from_environment() -> FastAPI:
    """For servers that want a factory: `uvicorn --factory potluck.main:from_environment`."""
    settings = config_loading.load()
    logging.configure(settings.log.level, settings.log.format)
    return create_app(settings)
