"""Pictures of seals, drawn as outlines: round ones with a star, oval ones, square name seals.

The sizes and what stands where follow 国发〔1999〕25号; the picture is vector first, the PNG in a seal is made of it.
"""

from .drawing import DIAMETERS, draw_seal
from .raster import SealPicture

__all__ = ["DIAMETERS", "SealPicture", "draw_seal"]
