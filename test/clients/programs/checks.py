"""Named checks of one client against a running service -> a line each on standard output: NAME <tab> pass | fail <tab> REASON."""
import asyncio
import inspect
import sys

import numpy as np

CHECKS = []
FIRST = np.arange(16, dtype=np.int32).reshape(1, 16)
SECOND = np.full((1, 16), 3, dtype=np.int32)


def check(name):
    """Registers the function below it; it is called with what `run_checks` is given."""

    def add(function):
        CHECKS.append((name, function))
        return function

    return add


def equal(got, wanted, what="answer"):
    if isinstance(wanted, np.ndarray):
        same = got is not None and got.shape == wanted.shape and np.array_equal(got, wanted)
    else:
        same = got == wanted
    if not same:
        raise AssertionError(f"{what}: got {got!r}, wanted {wanted!r}")


def as_text(array):
    """Numbers -> the decimal strings of the model simple_string, as bytes."""
    return np.array([str(value).encode() for value in array.ravel()], dtype=np.object_).reshape(array.shape)


def refused(function, *texts):
    """Calls `function`, which has to fail with a message that holds one of `texts`."""
    try:
        function()
    except Exception as error:
        if any(text in str(error) for text in texts):
            return
        raise AssertionError(f"refused with {error!r}, not with {texts[0]!r}") from error
    raise AssertionError("not refused")


async def _run(args):
    failed = 0
    for name, function in CHECKS:
        try:
            result = function(*args)
            if inspect.isawaitable(result):
                await asyncio.wait_for(result, 60)
            print(f"{name}\tpass\t", flush=True)
        except Exception as error:
            failed += 1
            reason = " ".join(f"{type(error).__name__}: {error}".split())[:300]
            print(f"{name}\tfail\t{reason}", flush=True)
    return failed


def run_checks(*args):
    """Runs all of them in one event loop, so that clients with one may be shared; ends the process with 1 when one failed."""
    sys.exit(1 if asyncio.run(_run(args)) else 0)
