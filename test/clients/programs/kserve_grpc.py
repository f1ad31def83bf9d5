"""InferenceGRPCClient of the kserve SDK against a service: `python kserve_grpc.py HOST:PORT`."""
import sys

import numpy as np
from checks import FIRST, SECOND, as_text, check, equal, run_checks
from kserve import InferenceGRPCClient, InferInput, InferRequest

URL = sys.argv[1]


def request_of(tensors, model="simple"):
    return InferRequest(model_name=model, infer_inputs=tensors)


def raw(name, data, datatype="INT32"):
    tensor = InferInput(name=name, shape=list(data.shape), datatype=datatype)
    tensor.set_data_from_numpy(data, binary_data=True)
    return tensor


def typed(name, data):
    return InferInput(name=name, shape=list(data.shape), datatype="INT32", data=data.ravel().tolist())


def equal_sums(result):
    for name, wanted in (("OUTPUT0", FIRST + SECOND), ("OUTPUT1", FIRST - SECOND)):
        equal(result.get_output_by_name(name).as_numpy(), wanted, name)


@check("live, ready, model ready")
async def _():
    async with InferenceGRPCClient(URL) as client:
        equal(await client.is_server_live(), True)
        equal(await client.is_server_ready(), True)
        equal(await client.is_model_ready("simple"), True)


@check("infer: raw tensors")
async def _():
    async with InferenceGRPCClient(URL) as client:
        equal_sums(await client.infer(request_of([raw("INPUT0", FIRST), raw("INPUT1", SECOND)])))


@check("infer: typed contents")
async def _():
    async with InferenceGRPCClient(URL) as client:
        equal_sums(await client.infer(request_of([typed("INPUT0", FIRST), typed("INPUT1", SECOND)])))


@check("infer: strings")
async def _():
    tensors = [raw("INPUT0", as_text(FIRST), "BYTES"), raw("INPUT1", as_text(SECOND), "BYTES")]
    async with InferenceGRPCClient(URL) as client:
        result = await client.infer(request_of(tensors, "simple_string"))
        equal(result.get_output_by_name("OUTPUT0").as_numpy().astype(np.int32), FIRST + SECOND)


@check("infer: unknown model")
async def _():
    async with InferenceGRPCClient(URL) as client:
        try:
            await client.infer(request_of([raw("INPUT0", FIRST), raw("INPUT1", SECOND)], "absent"))
        except Exception as error:
            assert "Request for unknown model" in str(error), error
            return
        raise AssertionError("not refused")


run_checks()
