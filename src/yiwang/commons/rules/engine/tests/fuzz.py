"""A campaign guided by coverage, for hours rather than seconds. It needs `atheris` (`.venv/bin/pip install atheris`):

    .venv/bin/python -m yiwang.commons.rules.engine.tests.fuzz -max_total_time=3600 -len_control=0 -timeout=10 FOLDER

`FOLDER` keeps what reached new code. What fails is written beside it as `crash-…` or `timeout-…`; run it again by its name.
Without `atheris`, `YIWANG_FUZZ_EXAMPLES=100000` lengthens the random campaign of `test_fuzzing.py`.
"""

import sys

import atheris

ENGINE = "yiwang.commons.rules.engine"
for name in [name for name in sys.modules if name.startswith(ENGINE)]:  # its package was imported to find this module
    del sys.modules[name]
with atheris.instrument_imports(include=[ENGINE]):
    from yiwang.commons.rules.engine.tests.fuzzing import exercise

if __name__ == "__main__":
    atheris.Setup(sys.argv, exercise)
    atheris.Fuzz()
