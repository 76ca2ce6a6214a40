"""Work in a forked process, as web workers are forked from one that has prepared everything."""

import os
import warnings


def in_a_fork(work):
    """The bytes (at most 100) that `work` returns in a child of this process."""
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", DeprecationWarning
        )  # newer interpreters warn where threads run: here only to test
        child = os.fork()
    if child == 0:
        try:
            os.write(writing, work())
        except BaseException as error:  # noqa: BLE001  told to the parent, which would otherwise read nothing
            os.write(writing, repr(error).encode()[:100])
        finally:
            os._exit(0)
    os.close(writing)
    answer = os.read(reading, 100)
    os.close(reading)
    os.waitpid(child, 0)
    return answer
