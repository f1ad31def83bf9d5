"""tritonclient.grpc.aio (asyncio) against a service: `python tritonclient_grpc_aio.py HOST:PORT`."""
import asyncio
import sys

import tritonclient.grpc.aio as triton
from checks import FIRST, SECOND, check, equal, run_checks

OUTPUTS = [triton.InferRequestedOutput("OUTPUT0"), triton.InferRequestedOutput("OUTPUT1")]


def inputs_of(first=FIRST):
    made = []
    for name, data in (("INPUT0", first), ("INPUT1", SECOND)):
        tensor = triton.InferInput(name, list(data.shape), "INT32")
        tensor.set_data_from_numpy(data)
        made.append(tensor)
    return made


def equal_sums(result, first=FIRST):
    equal(result.as_numpy("OUTPUT0"), first + SECOND, "OUTPUT0")
    equal(result.as_numpy("OUTPUT1"), first - SECOND, "OUTPUT1")


@check("live, ready, model ready, metadata")
async def _():
    async with triton.InferenceServerClient(url=sys.argv[1]) as client:
        equal(await client.is_server_live(), True)
        equal(await client.is_server_ready(), True)
        equal(await client.is_model_ready("simple"), True)
        equal((await client.get_server_metadata()).name, "triton")
        equal((await client.get_model_metadata("simple")).name, "simple")


@check("infer: sixteen at once")
async def _():
    async with triton.InferenceServerClient(url=sys.argv[1]) as client:
        calls = [client.infer("simple", inputs_of(FIRST + at), outputs=OUTPUTS) for at in range(16)]
        for at, result in enumerate(await asyncio.gather(*calls)):
            equal_sums(result, FIRST + at)


@check("infer over a stream")
async def _():
    async def requests():
        for at in range(4):
            yield {"model_name": "simple", "inputs": inputs_of(FIRST + at), "outputs": OUTPUTS, "request_id": str(at)}

    async with triton.InferenceServerClient(url=sys.argv[1]) as client:
        seen = []
        async for result, error in client.stream_infer(requests()):
            equal(error, None, "error")
            at = int(result.get_response().id)
            equal_sums(result, FIRST + at)
            seen.append(at)
        equal(sorted(seen), [0, 1, 2, 3])


run_checks()
