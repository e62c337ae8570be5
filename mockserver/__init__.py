"""The mock server: create a job, poll it, download a seeded placeholder picture."""

from pixelpact.mockserver.clock import Clock, ManualClock, SystemClock
from pixelpact.mockserver.control.client import ControlClient, Controller, JournalEntry
from pixelpact.mockserver.errors import (
    ControlError,
    JobNotFound,
    MockServerError,
    PortUnavailable,
    ScenarioError,
)
from pixelpact.mockserver.images.errors import ImageError
from pixelpact.mockserver.images.picture import Picture
from pixelpact.mockserver.images.placeholder import placeholder_png, read_image
from pixelpact.mockserver.jobs.pictures import resolve_picture
from pixelpact.mockserver.scenarios.catalogue import Scenario, scenarios
from pixelpact.mockserver.server.app import create_app
from pixelpact.mockserver.server.serving import Server
from pixelpact.mockserver.service.mock import Mock
from pixelpact.mockserver.settings import Settings
from pixelpact.mockserver.stores.base import Store
from pixelpact.mockserver.stores.memory import MemoryStore

__all__ = [
    "Clock",
    "ControlClient",
    "ControlError",
    "Controller",
    "ImageError",
    "JobNotFound",
    "JournalEntry",
    "ManualClock",
    "MemoryStore",
    "Mock",
    "MockServerError",
    "Picture",
    "PortUnavailable",
    "Scenario",
    "ScenarioError",
    "Server",
    "Settings",
    "Store",
    "SystemClock",
    "create_app",
    "placeholder_png",
    "read_image",
    "resolve_picture",
    "scenarios",
]
