"""tritonclient.grpc (synchronous) and its stubs against a service: `python tritonclient_grpc.py HOST:PORT`."""
import queue
import sys

import grpc
import numpy as np
import tritonclient.grpc as triton
from checks import FIRST, SECOND, as_text, check, equal, refused, run_checks
from tritonclient.grpc import service_pb2, service_pb2_grpc

URL = sys.argv[1]
client = triton.InferenceServerClient(url=URL)
stub = service_pb2_grpc.GRPCInferenceServiceStub(grpc.insecure_channel(URL))
OUTPUTS = [triton.InferRequestedOutput("OUTPUT0"), triton.InferRequestedOutput("OUTPUT1")]


def inputs_of(datatype="INT32", first=FIRST, second=SECOND):
    made = []
    for name, data in (("INPUT0", first), ("INPUT1", second)):
        tensor = triton.InferInput(name, list(data.shape), datatype)
        tensor.set_data_from_numpy(data)
        made.append(tensor)
    return made


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
    equal(client.get_server_metadata().name, "triton")
    equal(client.get_server_metadata(as_json=True)["name"], "triton")


@check("model metadata and configuration")
def _():
    metadata = client.get_model_metadata("simple", headers={"test": "1"})
    equal([(each.name, each.datatype, list(each.shape)) for each in metadata.inputs],
          [("INPUT0", "INT32", [-1, 16]), ("INPUT1", "INT32", [-1, 16])])
    equal(client.get_model_config("simple").config.name, "simple")


@check("statistics: one entry a model")
def _():
    client.infer("simple", inputs_of())
    equal(len(client.get_inference_statistics(model_name="simple").model_stats), 1)


@check("repository index")
def _():
    names = {model.name for model in client.get_model_repository_index().models}
    assert {"simple", "simple_int8", "simple_string"} <= names, names


@check("unknown model: the text that programs look for")
def _():
    refused(lambda: client.get_model_metadata("absent"), "Request for unknown model")
    refused(lambda: client.infer("absent", inputs_of()), "Request for unknown model")


@check("infer: outputs named, none named, one of them")
def _():
    equal_sums(client.infer("simple", inputs_of(), outputs=OUTPUTS, request_id="id-7", headers={"test": "1"}))
    equal_sums(client.infer("simple", inputs_of()))
    equal(client.infer("simple", inputs_of(), outputs=OUTPUTS[1:]).as_numpy("OUTPUT0"), None)


for algorithm in ("gzip", "deflate"):

    @check(f"infer: {algorithm}")
    def _(algorithm=algorithm):
        equal_sums(client.infer("simple", inputs_of(), compression_algorithm=algorithm))


@check("infer: INT8")
def _():
    first, second = FIRST.astype(np.int8), SECOND.astype(np.int8)
    equal_sums(client.infer("simple_int8", inputs_of("INT8", first, second)), first, second)


@check("infer: strings")
def _():
    result = client.infer("simple_string", inputs_of("BYTES", as_text(FIRST), as_text(SECOND)))
    equal(result.as_numpy("OUTPUT0").astype(np.int32), FIRST + SECOND, "OUTPUT0")


@check("infer with callbacks, eight at once")
def _():
    answers = queue.Queue()
    for at in range(8):
        back = lambda result, error, at=at: answers.put((at, result, error))
        client.async_infer("simple", inputs_of(first=FIRST + at), back, outputs=OUTPUTS)
    for _ in range(8):
        at, result, error = answers.get(timeout=20)
        equal(error, None, "error")
        equal_sums(result, FIRST + at)


@check("infer over a stream")
def _():
    streaming = triton.InferenceServerClient(url=URL)
    answers = queue.Queue()
    streaming.start_stream(callback=lambda result, error: answers.put((result, error)))
    for at in range(4):
        streaming.async_stream_infer("simple", inputs_of(first=FIRST + at), request_id=str(at), outputs=OUTPUTS)
    seen = []
    for _ in range(4):
        result, error = answers.get(timeout=20)
        equal(error, None, "error")
        at = int(result.get_response().id)
        equal_sums(result, FIRST + at)
        seen.append(at)
    streaming.stop_stream()
    equal(sorted(seen), [0, 1, 2, 3])


@check("keep-alive options")
def _():
    options = triton.KeepAliveOptions(keepalive_time_ms=2**31 - 1, keepalive_timeout_ms=20000)
    equal_sums(triton.InferenceServerClient(url=URL, keepalive_options=options).infer("simple", inputs_of()))


@check("channel arguments")
def _():
    arguments = [("grpc.max_send_message_length", 1 << 20), ("grpc.max_receive_message_length", 1 << 20)]
    equal_sums(triton.InferenceServerClient(url=URL, channel_args=arguments).infer("simple", inputs_of()))


@check("a client timeout that is long enough")
def _():
    equal_sums(client.infer("simple", inputs_of(), client_timeout=20, timeout=20_000_000))


def explicit(model, datatype, field, first, second, **raw):
    """A request with typed contents, made with the generated messages."""
    request = service_pb2.ModelInferRequest(model_name=model)
    for name, values in (("INPUT0", first), ("INPUT1", second)):
        tensor = request.inputs.add(name=name, datatype=datatype, shape=[1, 16])
        getattr(tensor.contents, field).extend(values)
    for name in ("OUTPUT0", "OUTPUT1"):
        request.outputs.add(name=name)
    return stub.ModelInfer(request)


for datatype, model, kind in (("INT32", "simple", np.int32), ("INT8", "simple_int8", np.int8)):

    @check(f"stub: {datatype} in int_contents")
    def _(datatype=datatype, model=model, kind=kind):
        answer = explicit(model, datatype, "int_contents", range(16), [3] * 16)
        equal(np.frombuffer(answer.raw_output_contents[0], dtype=kind).reshape(1, 16), (FIRST + SECOND).astype(kind))
        equal(list(answer.outputs[1].shape), [1, 16])


@check("stub: strings in bytes_contents")
def _():
    texts = [str(value).encode() for value in range(16)]
    answer = explicit("simple_string", "BYTES", "bytes_contents", texts, [b"3"] * 16)
    numbers = triton.InferResult(answer).as_numpy("OUTPUT0").astype(np.int32)
    equal(numbers, FIRST + SECOND)


@check("wrong shape and wrong type are refused with a reason")
def _():
    wide = np.zeros((1, 17), dtype=np.int32)
    refused(lambda: client.infer("simple", inputs_of(first=wide)), "unexpected shape for input 'INPUT0'")
    floats = FIRST.astype(np.float32)
    refused(lambda: client.infer("simple", inputs_of("FP32", floats, floats)), "data-type is 'FP32'")


run_checks()
