"""Licences on paper: a layout in millimetres drawn as OFD and as PDF of equal geometry. No framework.

Doors: `read_layout` (a pack's layout.yaml), `render_ofd`, `render_pdf`, `stamps`, `draw` (pages, for previews), `Layout.seals` (where seals come).
"""

from .drawing import draw, render_ofd, render_pdf, stamps
from .faults import LayoutFault, ValueTooLong
from .layout import SCHEMA, Layout, SealPlace, read_layout

__all__ = [
    "SCHEMA",
    "Layout",
    "LayoutFault",
    "SealPlace",
    "ValueTooLong",
    "draw",
    "read_layout",
    "render_ofd",
    "render_pdf",
    "stamps",
]
