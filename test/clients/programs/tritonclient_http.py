"""tritonclient.http (synchronous, gevent) against a service: `python tritonclient_http.py HOST:PORT`."""
import sys

import numpy as np
import tritonclient.http as triton
from checks import FIRST, SECOND, as_text, check, equal, refused, run_checks

client = triton.InferenceServerClient(url=sys.argv[1], concurrency=4)


def inputs_of(datatype, first, second, binary=(True, True)):
    made = []
    for name, data, is_binary in (("INPUT0", first, binary[0]), ("INPUT1", second, binary[1])):
        tensor = triton.InferInput(name, list(data.shape), datatype)
        tensor.set_data_from_numpy(data, binary_data=is_binary)
        made.append(tensor)
    return made


def outputs_of(binary=(True, True), **options):
    return [
        triton.InferRequestedOutput(name, binary_data=is_binary, **options)
        for name, is_binary in zip(("OUTPUT0", "OUTPUT1"), binary)
    ]


def equal_sums(result, first=FIRST, second=SECOND):
    equal(result.as_numpy("OUTPUT0"), first + second, "OUTPUT0")
    equal(result.as_numpy("OUTPUT1"), first - second, "OUTPUT1")


@check("live, ready, model ready")
def _():
    equal(client.is_server_live(), True)
    equal(client.is_server_ready(), True)
    equal(client.is_model_ready("simple"), True)
    equal(client.is_model_ready("absent"), False)


@check("server metadata: the name is triton")
def _():
    metadata = client.get_server_metadata()
    equal(metadata["name"], "triton")
    assert "binary_tensor_data" in metadata["extensions"], metadata


@check("model metadata")
def _():
    metadata = client.get_model_metadata("simple", headers={"test": "1"})
    equal(metadata["name"], "simple")
    equal([(each["name"], each["datatype"], each["shape"]) for each in metadata["inputs"]],
          [("INPUT0", "INT32", [-1, 16]), ("INPUT1", "INT32", [-1, 16])])


@check("model configuration")
def _():
    config = client.get_model_config("simple")
    equal(config["name"], "simple")
    equal([each["data_type"] for each in config["input"]], ["TYPE_INT32", "TYPE_INT32"])


@check("statistics: one entry a model")
def _():
    client.infer("simple", inputs_of("INT32", FIRST, SECOND))
    statistics = client.get_inference_statistics(model_name="simple")["model_stats"]
    equal(len(statistics), 1)
    assert statistics[0]["inference_count"] >= 1, statistics


@check("repository index")
def _():
    names = {entry["name"] for entry in client.get_model_repository_index()}
    assert {"simple", "simple_int8", "simple_string"} <= names, names


@check("unknown model: the text that programs look for")
def _():
    refused(lambda: client.get_model_metadata("absent"), "Request for unknown model")
    refused(lambda: client.infer("absent", inputs_of("INT32", FIRST, SECOND)), "Request for unknown model")


@check("infer: JSON and binary in, binary and JSON out, query and headers")
def _():
    result = client.infer(
        "simple",
        inputs_of("INT32", FIRST, SECOND, (False, True)),
        outputs=outputs_of((True, False)),
        request_id="id-7",
        query_params={"one": 1, "two": 2},
        headers={"test": "1"},
    )
    equal_sums(result)
    equal(result.get_response()["id"], "id-7")


@check("infer: all JSON")
def _():
    equal_sums(client.infer("simple", inputs_of("INT32", FIRST, SECOND, (False, False)), outputs=outputs_of((False, False))))


@check("infer: no outputs named")
def _():
    equal_sums(client.infer("simple", inputs_of("INT32", FIRST, SECOND)))


@check("infer: one output chosen")
def _():
    result = client.infer("simple", inputs_of("INT32", FIRST, SECOND), outputs=outputs_of()[1:])
    equal(result.as_numpy("OUTPUT1"), FIRST - SECOND)
    equal(result.as_numpy("OUTPUT0"), None)


@check("infer: several rows")
def _():
    first, second = np.vstack([FIRST, FIRST + 5]), np.vstack([SECOND, SECOND + 1])
    equal_sums(client.infer("simple", inputs_of("INT32", first, second)), first, second)


for request in (None, "gzip", "deflate"):
    for response in (None, "gzip", "deflate"):

        @check(f"infer: request {request or 'plain'}, response {response or 'plain'}")
        def _(request=request, response=response):
            algorithms = {"request_compression_algorithm": request, "response_compression_algorithm": response}
            data = inputs_of("INT32", FIRST, SECOND, (False, True))
            equal_sums(client.infer("simple", data, outputs=outputs_of((True, False)), **algorithms))


@check("infer: INT8")
def _():
    first, second = FIRST.astype(np.int8), SECOND.astype(np.int8)
    equal_sums(client.infer("simple_int8", inputs_of("INT8", first, second)), first, second)


for kind, binary in (("binary", (True, True)), ("JSON", (False, False))):

    @check(f"infer: strings as {kind}")
    def _(binary=binary):
        data = inputs_of("BYTES", as_text(FIRST), as_text(SECOND), binary)
        result = client.infer("simple_string", data, outputs=outputs_of(binary))
        equal(result.as_numpy("OUTPUT0").astype(np.int32), FIRST + SECOND, "OUTPUT0")
        equal(result.as_numpy("OUTPUT1").astype(np.int32), FIRST - SECOND, "OUTPUT1")


@check("infer: classification")
def _():
    top = client.infer("simple", inputs_of("INT32", FIRST, SECOND), outputs=outputs_of(class_count=2)).as_numpy("OUTPUT0")
    equal([each.decode().split(":")[1] for each in top.ravel()], ["15", "14"])


@check("infer in the background, four at once")
def _():
    calls = [client.async_infer("simple", inputs_of("INT32", FIRST + at, SECOND), outputs=outputs_of()) for at in range(4)]
    for at, call in enumerate(calls):
        equal_sums(call.get_result(), FIRST + at)


@check("infer: bodies made and read apart from the client")
def _():
    body, size = triton.InferenceServerClient.generate_request_body(inputs_of("INT32", FIRST, SECOND), outputs=outputs_of())
    headers = {"Inference-Header-Content-Length": str(size)} if size is not None else {}
    answer = client._post("v2/models/simple/infer", body, headers, None)
    size = answer.get("Inference-Header-Content-Length")
    result = triton.InferenceServerClient.parse_response_body(answer.read(), header_length=int(size) if size else None)
    equal_sums(result)


@check("wrong shape, wrong type and wrong output are refused with a reason")
def _():
    wide = np.zeros((1, 17), dtype=np.int32)
    refused(lambda: client.infer("simple", inputs_of("INT32", wide, SECOND)), "unexpected shape for input 'INPUT0'")
    floats = FIRST.astype(np.float32)
    refused(lambda: client.infer("simple", inputs_of("FP32", floats, floats)), "data-type is 'FP32'")
    wanted = [triton.InferRequestedOutput("OUTPUT9")]
    refused(lambda: client.infer("simple", inputs_of("INT32", FIRST, SECOND), outputs=wanted), "unexpected inference output 'OUTPUT9'")


@check("strings with a NUL character")
def _():
    first = as_text(FIRST)
    first[0][0] = b"he\x00llo"
    client.infer("simple_string", inputs_of("BYTES", first, as_text(SECOND)))


run_checks()
