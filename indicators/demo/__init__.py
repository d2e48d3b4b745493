"""Demonstration data: fictional extracts in the real layouts, from a seed, with findings planted on purpose."""

from indicators.demo.constats import CONSTATS, Constat
from indicators.demo.generation import GRAINE, generate_demo

__all__ = ["CONSTATS", "GRAINE", "Constat", "generate_demo"]
