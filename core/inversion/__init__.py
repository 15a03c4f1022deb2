"""Triggers found by search: what sends clean images to a class, and how small it can be."""

from .judging import Success, success
from .ranges import PixelRange, ScaledImages, pixel_range, scaled
from .searching import invert
from .settings import ADDITIVE, PATCH, SETTINGS, InversionSettings
from .triggers import Triggers

__all__ = [
    "ADDITIVE",
    "PATCH",
    "SETTINGS",
    "InversionSettings",
    "PixelRange",
    "ScaledImages",
    "Success",
    "Triggers",
    "invert",
    "pixel_range",
    "scaled",
    "success",
]
