"""BentoML service with onnxruntime: `bentoml serve bento_app:Iris`."""
import bentoml
import numpy as np
from session import load


@bentoml.service(workers=1, logging={"access": {"enabled": False}}, metrics={"enabled": True})
class Iris:
    def __init__(self):
        self.session = load()

    @bentoml.api
    async def predict(self, instances: list[dict[str, float]]) -> dict:
        names = ("sepal_length", "sepal_width", "petal_length", "petal_width")
        rows = np.array([[row[name] for name in names] for row in instances], dtype=np.float32)
        labels, probabilities = self.session.run(None, {"float_input": rows})
        return {"predictions": [{"label": int(l), "probabilities": p.tolist()} for l, p in zip(labels, probabilities)]}
