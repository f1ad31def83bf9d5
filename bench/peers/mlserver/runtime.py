"""An MLServer runtime with onnxruntime."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))

from mlserver import MLModel
from mlserver.codecs import NumpyCodec
from mlserver.types import InferenceRequest, InferenceResponse
from session import load


class Iris(MLModel):
    async def load(self) -> bool:
        self.session = load()
        return True

    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        rows = NumpyCodec.decode_input(payload.inputs[0])
        labels, probabilities = self.session.run(None, {"float_input": rows})
        outputs = [NumpyCodec.encode_output("label", labels), NumpyCodec.encode_output("probabilities", probabilities)]
        return InferenceResponse(model_name=self.name, outputs=outputs)
