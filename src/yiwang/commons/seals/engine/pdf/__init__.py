"""Seals on PDF files: put on as one more signature that covers the whole file, and judged by strict rules.

National suite: the signature is an SES value (GB/T 38540-2020). International suite: PAdES B-B (ETSI EN 319 142-1) with
the seal beside it in the signed dictionary.
"""

from .judging import is_sealed_pdf, verify_pdf
from .signing import seal_pdf

__all__ = ["is_sealed_pdf", "seal_pdf", "verify_pdf"]
