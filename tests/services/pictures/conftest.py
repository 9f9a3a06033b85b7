"""A processor with a child that is kept for the whole test, to save its start."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from potluck.services.pictures import PictureProcessor
from potluck.services.pictures.processor import LIMITS


@pytest.fixture
async def processor() -> AsyncIterator[PictureProcessor]:
    async with PictureProcessor(limits=replace(LIMITS, tasks_per_child=1000)) as processor:
        yield processor
