"""MODEL (a path in the environment) -> a session as mlserve makes it: one thread, no spinning."""
import os

import onnxruntime as ort


def load():
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return ort.InferenceSession(os.environ["MODEL"], options, providers=["CPUExecutionProvider"])
