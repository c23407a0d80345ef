"""The domain's cases as projects made of files, each with what has to come out."""

from collections.abc import Callable, Mapping

from .airline import airline
from .chatbot import chatbot
from .ecommerce import ecommerce
from .hotel import hotel
from .manufacturer import manufacturer
from .property_cleaning import property_cleaning
from .property_platform import property_platform
from .story import EVERYWHERE, Found, Shown, Story
from .too_small import too_small

STORIES: Mapping[str, Callable[[], Story]] = {
    "hotel": hotel,
    "ecommerce": ecommerce,
    "airline": airline,
    "chatbot": chatbot,
    "manufacturer": manufacturer,
    "property-cleaning": property_cleaning,
    "property-platform": property_platform,
    "too-small": too_small,
}

__all__ = ["EVERYWHERE", "STORIES", "Found", "Shown", "Story"]
