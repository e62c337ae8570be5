"""The mock server: create a job, poll it, download a seeded placeholder picture."""

from pixelpact.mockserver.app import create_app
from pixelpact.mockserver.clock import Clock, ManualClock, SystemClock
from pixelpact.mockserver.controller import ControlError, Controller, JournalEntry
from pixelpact.mockserver.images import ImageError, Picture, placeholder_png, read_image
from pixelpact.mockserver.mock import Mock
from pixelpact.mockserver.pictures import resolve_picture
from pixelpact.mockserver.scenarios import Scenario, ScenarioError, scenarios
from pixelpact.mockserver.serving import PortUnavailable, Server
from pixelpact.mockserver.settings import Settings
from pixelpact.mockserver.store import JobNotFound, MemoryStore, Store

__all__ = [
    "Clock",
    "ControlError",
    "Controller",
    "ImageError",
    "JobNotFound",
    "JournalEntry",
    "ManualClock",
    "MemoryStore",
    "Mock",
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
