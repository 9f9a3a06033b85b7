"""Archives of one's own data, as the tests ask for them and read them."""

import io
import json
import zipfile
from typing import Any

import httpx2

from potluck.resources import Resources
from potluck.worker import runner
from tests.conftest import API

EXPORTS = f"{API}/auth/me/exports"
Json = dict[str, Any]


async def ask(client: httpx2.AsyncClient) -> Json:
    answer = await client.post(EXPORTS)
    assert answer.status_code == 202, answer.text
    job: Json = answer.json()
    return job


async def fetched(client: httpx2.AsyncClient, id: str) -> zipfile.ZipFile:
    answer = await client.get(f"{EXPORTS}/{id}/file")
    assert answer.status_code == 200, answer.text
    return zipfile.ZipFile(io.BytesIO(answer.content))


async def exported(client: httpx2.AsyncClient, resources: Resources) -> zipfile.ZipFile:
    """The archive, once it is made."""
    job = await ask(client)
    await runner.run_due(resources)
    return await fetched(client, job["id"])


def recipes(archive: zipfile.ZipFile) -> dict[str, Json]:
    """The recipes in it by their titles."""
    names = [each for each in archive.namelist() if "/recipes/" in each and each.endswith(".json")]
    found = [json.loads(archive.read(name)) for name in names]
    return {each["title"]: each for each in found}
