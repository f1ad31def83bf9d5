"""FastAPI + onnxruntime, as its documentation has it: a typed body, an async path, a session in the process."""
import numpy as np
from fastapi import FastAPI
from pydantic import BaseModel
from session import load

session = load()
app = FastAPI()


class Row(BaseModel):
    sepal_length: float
    sepal_width: float
    petal_length: float
    petal_width: float


class Rows(BaseModel):
    instances: list[Row]


@app.post("/predict")
async def predict(body: Rows):
    rows = np.array([[r.sepal_length, r.sepal_width, r.petal_length, r.petal_width] for r in body.instances], dtype=np.float32)
    labels, probabilities = session.run(None, {"float_input": rows})
    return {"predictions": [{"label": int(l), "probabilities": p.tolist()} for l, p in zip(labels, probabilities)]}
