"""What an installation's folders say about trust: the file of archives' keys, and a judge of seals by a folder of certificates."""

from pathlib import Path
from typing import Final

from yiwang.kernel.verdicts import Verdict

from .verifying import Judge

KEYS: Final = Path("archives") / "trusted-keys.txt"
"""Below the data folder."""


def judge_of_seals(folder: Path) -> Judge:
    """Judges a sealed file by the certificates of a folder; what that takes is loaded with the first sealed file."""

    def judge(data: bytes) -> Verdict:
        from yiwang.commons.seals.engine import SealFault, Trust, verify_sealed

        try:
            trust = Trust.from_folder(folder)
        except SealFault as fault:
            return Verdict(reasons=(fault.reason,))
        found: Verdict = verify_sealed(data, trust)
        return found

    return judge
