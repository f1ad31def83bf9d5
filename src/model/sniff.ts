/** The first bytes of a file → which well-known other format it is. */

interface Lookalike {
  readonly message: string;
  readonly hint: string;
}

interface Format extends Lookalike {
  readonly offset: number;
  readonly magic: string;
}

const POINTER = 'version https://git-lfs';
/** What fetches the file that a pointer stands for. */
export const POINTER_HINT = 'run "git lfs pull"';

const FORMATS: readonly Format[] = [
  {
    offset: 0,
    magic: POINTER,
    message: 'this is a Git LFS pointer, not the model itself',
    hint: POINTER_HINT,
  },
  {
    offset: 0,
    magic: 'PK\x03\x04',
    message: 'this is a ZIP archive: a PyTorch or Keras model, or a compressed folder',
    hint: 'unpack it, or export to ONNX (torch.onnx.export, tf2onnx)',
  },
  {
    offset: 0,
    magic: '\x89HDF\r\n',
    message: 'this is an HDF5 file, as Keras writes it',
    hint: 'export to ONNX with tf2onnx',
  },
  { offset: 0, magic: '\x1f\x8b', message: 'this is a gzip file', hint: 'unpack it with gunzip' },
  {
    offset: 4,
    magic: 'TFL3',
    message: 'this is a TensorFlow Lite model',
    hint: 'export to ONNX with tf2onnx --tflite',
  },
  {
    offset: 4,
    magic: 'ORTM',
    message: 'this is a model in the ORT format of onnxruntime',
    hint: 'give the .onnx file it was converted from',
  },
];

/** Undefined when the bytes are none of the formats that people take for ONNX. */
export function lookalike(head: Uint8Array): Lookalike | undefined {
  const text = Buffer.from(head).toString('latin1');
  return FORMATS.find(({ offset, magic }) => text.startsWith(magic, offset));
}

/** Whether a file holds what Git LFS commits in place of it. */
export function isPointer(head: Uint8Array): boolean {
  return Buffer.from(head).toString('latin1').startsWith(POINTER);
}
