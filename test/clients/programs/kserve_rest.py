"""InferenceRESTClient of the kserve SDK against a service: `python kserve_rest.py HOST:PORT`."""
import sys

import numpy as np
from checks import FIRST, SECOND, as_text, check, equal, run_checks
from kserve import InferenceRESTClient, InferInput, InferRequest
from kserve.inference_client import RESTConfig
from kserve.protocol.infer_type import RequestedOutput

URL = f"http://{sys.argv[1]}"
v2 = InferenceRESTClient(RESTConfig(protocol="v2", retries=0, timeout=30))
v1 = InferenceRESTClient(RESTConfig(protocol="v1", retries=0, timeout=30))


def request_of(binary, model="simple", datatype="INT32", first=FIRST, second=SECOND, **options):
    inputs = []
    for name, data in (("INPUT0", first), ("INPUT1", second)):
        tensor = InferInput(name=name, shape=list(data.shape), datatype=datatype)
        tensor.set_data_from_numpy(data, binary_data=binary)
        inputs.append(tensor)
    return InferRequest(model_name=model, infer_inputs=inputs, **options)


def array_of(result, name):
    return result.get_output_by_name(name).as_numpy()


def equal_sums(result):
    equal(array_of(result, "OUTPUT0"), FIRST + SECOND, "OUTPUT0")
    equal(array_of(result, "OUTPUT1"), FIRST - SECOND, "OUTPUT1")


@check("live, ready, model ready")
async def _():
    equal(await v2.is_server_live(URL), True)
    equal(await v2.is_server_ready(URL), True)
    equal(await v2.is_model_ready(URL, "simple"), True)
    equal(await v2.is_model_ready(URL, "absent"), False)


@check("infer: JSON")
async def _():
    equal_sums(await v2.infer(URL, request_of(False), model_name="simple"))


@check("infer: binary in, JSON out")
async def _():
    equal_sums(await v2.infer(URL, request_of(True), model_name="simple"))


@check("infer: binary in and out")
async def _():
    equal_sums(await v2.infer(URL, request_of(True, parameters={"binary_data_output": True}), model_name="simple"))


@check("infer: chosen outputs, one of them binary")
async def _():
    wanted = [RequestedOutput("OUTPUT1", parameters={"binary_data": True})]
    result = await v2.infer(URL, request_of(True, request_outputs=wanted), model_name="simple")
    equal([output.name for output in result.outputs], ["OUTPUT1"])
    equal(array_of(result, "OUTPUT1"), FIRST - SECOND)


for kind, binary in (("binary", True), ("JSON", False)):

    @check(f"infer: strings as {kind}")
    async def _(binary=binary):
        request = request_of(binary, "simple_string", "BYTES", as_text(FIRST), as_text(SECOND))
        result = await v2.infer(URL, request, model_name="simple_string")
        equal(array_of(result, "OUTPUT0").astype(np.int32), FIRST + SECOND)


@check("infer: unknown model")
async def _():
    try:
        await v2.infer(URL, request_of(False, model="absent"), model_name="absent")
    except Exception as error:
        assert "Request for unknown model" in str(error), error
        return
    raise AssertionError("not refused")


@check("V1: model ready, and predict")
async def _():
    equal(await v1.is_model_ready(URL, "simple"), True)
    rows = [{"INPUT0": FIRST[0].tolist(), "INPUT1": SECOND[0].tolist()}]
    answer = await v1.infer(URL, {"instances": rows}, model_name="simple")
    equal(len(answer["predictions"]), 1)
    equal(answer["predictions"][0]["OUTPUT0"], (FIRST + SECOND)[0].tolist())


run_checks()
