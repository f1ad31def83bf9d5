"""LitServe with onnxruntime, batching what is queued: `python lit_app.py`."""
import os

import litserve
import numpy as np
from session import load

NAMES = ("sepal_length", "sepal_width", "petal_length", "petal_width")


class Iris(litserve.LitAPI):
    def setup(self, device):
        self.session = load()

    def decode_request(self, request):
        return np.array([[row[name] for name in NAMES] for row in request["instances"]], dtype=np.float32)

    def batch(self, inputs):
        return np.concatenate(inputs)

    def predict(self, rows):
        return self.session.run(None, {"float_input": rows})

    def unbatch(self, output):
        labels, probabilities = output
        return [(labels[at : at + 1], probabilities[at : at + 1]) for at in range(len(labels))]

    def encode_response(self, output):
        return {"predictions": [{"label": int(l), "probabilities": p.tolist()} for l, p in zip(*output)]}


if __name__ == "__main__":
    server = litserve.LitServer(Iris(max_batch_size=64, batch_timeout=0.0), accelerator="cpu", workers_per_device=1, fast_queue=True)
    server.run(host="127.0.0.1", port=int(os.environ["PORT"]), num_api_servers=1, log_level="warning", generate_client_file=False)
