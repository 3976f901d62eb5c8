"""Layers and roles of a community (A-7)."""

from __future__ import annotations

from enum import StrEnum


class Layer(StrEnum):
    """The three layers of a community's structure."""

    MANAGEMENT = "management"
    OPERATIONS = "operations"
    TECHNICAL = "technical"


class Role(StrEnum):
    """What somebody is in a community."""

    LEAD = "lead"
    SOUL = "soul"
    STEWARD = "steward"
    CONTENT = "content"
    SERVICE = "service"
    EXPERT = "expert"
    TALENT = "talent"
    FAN_MANAGER = "fan_manager"
    ANALYST = "analyst"
    TOOLS = "tools"
