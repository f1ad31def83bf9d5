"""tritonclient.http.aio (asyncio) against a service: `python tritonclient_http_aio.py HOST:PORT`."""
import asyncio
import sys

import tritonclient.http.aio as triton
from checks import FIRST, SECOND, check, equal, run_checks


def inputs_of(first, second):
    made = []
    for name, data, is_binary in (("INPUT0", first, False), ("INPUT1", second, True)):
        tensor = triton.InferInput(name, list(data.shape), "INT32")
        tensor.set_data_from_numpy(data, binary_data=is_binary)
        made.append(tensor)
    return made


OUTPUTS = [triton.InferRequestedOutput("OUTPUT0", binary_data=True), triton.InferRequestedOutput("OUTPUT1", binary_data=False)]


def equal_sums(result, first=FIRST):
    equal(result.as_numpy("OUTPUT0"), first + SECOND, "OUTPUT0")
    equal(result.as_numpy("OUTPUT1"), first - SECOND, "OUTPUT1")


def connected():
    return triton.InferenceServerClient(url=sys.argv[1])


@check("live, ready, model ready, metadata")
async def _():
    async with connected() as client:
        equal(await client.is_server_live(), True)
        equal(await client.is_server_ready(), True)
        equal(await client.is_model_ready("simple"), True)
        equal((await client.get_server_metadata())["name"], "triton")
        equal((await client.get_model_metadata("simple"))["name"], "simple")
        equal((await client.get_model_config("simple"))["name"], "simple")


@check("statistics of all models, which are larger than what is compressed")
async def _():
    async with connected() as client:
        equal(len((await client.get_inference_statistics())["model_stats"]), 3)


@check("infer: outputs named, and none named")
async def _():
    async with connected() as client:
        equal_sums(await client.infer("simple", inputs_of(FIRST, SECOND), outputs=OUTPUTS, query_params={"one": 1}))
        equal_sums(await client.infer("simple", inputs_of(FIRST, SECOND)))


@check("infer: gzip and deflate both ways")
async def _():
    async with connected() as client:
        for algorithm in ("gzip", "deflate"):
            both = {"request_compression_algorithm": algorithm, "response_compression_algorithm": algorithm}
            equal_sums(await client.infer("simple", inputs_of(FIRST, SECOND), outputs=OUTPUTS, **both))


@check("infer: sixteen at once")
async def _():
    async with connected() as client:
        calls = [client.infer("simple", inputs_of(FIRST + at, SECOND), outputs=OUTPUTS) for at in range(16)]
        for at, result in enumerate(await asyncio.gather(*calls)):
            equal_sums(result, FIRST + at)


run_checks()
