/** The one table of rules: id → severity, what is wrong, what it means, what to do. `docs/rules.md` is generated from it. */
import type { Issue, Severity } from '../../issue.ts';

export interface RuleText {
  readonly severity: Severity;
  readonly title: string;
  /** Why it matters when the model is served. */
  readonly meaning: string;
  /** What to do; the hint of a finding that has no closer one. */
  readonly fix: string;
}

const error = (title: string, meaning: string, fix: string): RuleText => ({ severity: 'error', title, meaning, fix });
const warning = (title: string, meaning: string, fix: string): RuleText => ({
  ...error(title, meaning, fix),
  severity: 'warning',
});
const info = (title: string, meaning: string, fix: string): RuleText => ({
  ...error(title, meaning, fix),
  severity: 'info',
});

/** Ids are never reused for another meaning. */
export const RULES = {
  MSV001: error(
    'Not an ONNX model',
    'The bytes are not the protobuf message that ONNX defines: another format, a truncated download, a Git LFS pointer, or damage.',
    'export or download the file again, and compare its size and sha256 with the source',
  ),
  MSV002: error(
    'No graph, operator set or IR version',
    'The file parses, but lacks a part without which nothing can be computed: the IR version, an operator set import, or a graph with outputs.',
    'export the model again with the exporter of its framework',
  ),
  MSV003: error(
    'IR version not supported',
    'The file format is newer than the runtime reads.',
    'export with an older onnx package, or save again with a lower ir_version when no newer feature is used',
  ),
  MSV004: error(
    'Operator set not supported',
    'The operators are defined by a version of the operator set that the runtime does not implement.',
    'export again with an operator set inside the supported range (`target_opset` or `opset_version` of the exporter)',
  ),
  MSV005: error(
    'Unknown operator domain',
    'A node uses operators of a domain that the runtime does not carry: a custom operator library, or a training domain. mlserve loads no libraries named by a model.',
    'export with standard operators, or add the operator to the model as a function',
  ),
  MSV006: error(
    'Unknown operator',
    'The operator does not exist in the imported version of its operator set: misspelt, newer, or removed.',
    'export again with an operator set that has the operator',
  ),
  MSV007: error(
    'External data missing',
    'The weights lie in a file beside the model, and that file is not there.',
    'copy the data file to the place the model names, beside the model file',
  ),
  MSV008: error(
    'External data outside the folder',
    'The model names a data file by an absolute path, a drive, a backslash or `..`: loading it would read files that are no part of the model.',
    'do not serve this file unless you know who made it; save the model again with its data beside it',
  ),
  MSV009: error(
    'External data is a link or not a file',
    'The data file, or a folder on the way to it, is a symbolic link, a hard link, or no regular file: it may be the content of another place, and may change without the model.',
    'replace the link by a copy (`cp --remove-destination "$(readlink -f DATA)" DATA`)',
  ),
  MSV010: error(
    'External data has the wrong size',
    'Offset or length are not numbers, lie outside the data file, or are not what the tensor needs.',
    'copy the data file that was saved together with this model',
  ),
  MSV011: error(
    'Weights do not fit their dimensions',
    'A tensor stored in the model holds more or fewer bytes than its type and dimensions say.',
    'export the model again; the file is damaged or was made to mislead a reader',
  ),
  MSV012: error(
    'Impossible dimensions',
    'A dimension is negative, or the product of dimensions is beyond what can be addressed.',
    'export the model again; the file is damaged or was made to mislead a reader',
  ),
  MSV013: error(
    'Name used twice',
    'Two inputs, two weights or two results share a name, so that it is not defined which one is meant.',
    'export the model again with unique names',
  ),
  MSV014: error(
    'Value used before it is made',
    'A node or an output reads a value that nothing before it produces: the graph is not sorted, has a cycle, or lacks a part.',
    'sort or repair the graph, then check it with `onnx.checker.check_model`',
  ),
  MSV015: error(
    'Graphs nested too deep',
    'Subgraphs (If, Loop, Scan) lie inside each other more than 16 levels deep, which costs time and stack out of proportion.',
    'simplify the control flow of the model before exporting it',
  ),
  MSV016: error(
    'Recursive function',
    'A function of the model calls itself, directly or through others: it can never be expanded.',
    'export the model again; ONNX forbids recursion',
  ),
  MSV017: error(
    'Output is not a tensor',
    'Sequences, maps and optional values cannot leave the runtime, so such a model cannot answer.',
    'export with a tensor output (skl2onnx: `options={"zipmap": False}`)',
  ),
  MSV018: error(
    'Input is not a tensor',
    'Sequences, maps and optional values cannot enter the runtime, so such a model cannot be asked.',
    'export with tensor inputs',
  ),
  MSV019: error(
    'Element type not supported',
    'The runtime cannot carry this element type across its boundary.',
    'cast to float32, float16 or an integer type of at least 8 bits at the edge of the model',
  ),
  MSV020: warning(
    'Double precision input',
    'float64 inputs double the bytes of every request and are slower; they are rarely needed.',
    'export with float32 inputs (skl2onnx: `FloatTensorType`)',
  ),
  MSV021: warning(
    'Unbounded dimension',
    'A dimension other than the first is free and no declared features fix it: the caller decides how much memory a request costs, up to the limit on body size.',
    'export with a fixed size, or declare `features` so that the service decides it',
  ),
  MSV022: error(
    'Needs too much memory',
    'By its own shapes the model needs more memory than the limit at the largest batch.',
    'lower `batching.maxRows`, or raise `limits.loadMemoryBytes` (`--load-memory`) if the machine has it',
  ),
  MSV023: warning(
    'Metadata looks like a secret',
    'The metadata or a description holds something that looks like a password, key or token; it would be copied wherever the model goes.',
    'remove it from the model and revoke it; the value is not printed here',
  ),
  MSV024: error(
    'More than 2 GB in one file',
    'Protobuf ends at 2 147 483 647 bytes: no runtime can load the file.',
    'save the weights as external data (`onnx.save(model, path, save_as_external_data=True)`)',
  ),
  MSV025: warning(
    'Holds training information',
    'The file carries gradients or optimizer state that serving never uses.',
    'export the model for inference',
  ),
  MSV026: info(
    'String input',
    'The runtime ends a string at its first NUL character; requests that hold one are refused.',
    'nothing to do',
  ),
  MSV027: warning(
    'Unknown external data key',
    'A reference to external data carries keys that ONNX does not define. They are ignored.',
    'save the model again with the onnx package',
  ),
  MSV030: error(
    'The runtime cannot load it',
    'onnxruntime refused the model; its message is quoted.',
    'repair the export as the message says',
  ),
  MSV031: error(
    'The warm-up run failed',
    'The model loads, but a run with zeros fails, although all its inputs are floating or boolean tensors of known sizes; the message is quoted.',
    'check the shapes of the signature; export with the shapes that the model really takes',
  ),
  MSV035: warning(
    'No made-up input runs',
    'The model loads, but fails on every input that could be made up for it. It takes strings, integers or free sizes, so others may well run: only a golden example can tell.',
    'put a request that works and its answer into `examples`; golden examples decide',
  ),
  MSV032: error(
    'Load or run took too long',
    'Loading and one run did not end within the time limit.',
    'raise `limits.loadTimeoutMs` (`--load-timeout`) if the model is large; otherwise look for a loop without an end',
  ),
  MSV033: error(
    'Load or run took too much memory',
    'The separate process that tried the model grew past the memory limit and was ended.',
    'raise `limits.loadMemoryBytes` (`--load-memory`) if the machine has it',
  ),
  MSV034: error(
    'Crashed the runtime',
    'The separate process that tried the model died: served, it would have taken the server with it.',
    'do not serve this file; export it again or report it to onnxruntime',
  ),
} as const satisfies Record<string, RuleText>;

export type RuleId = keyof typeof RULES;

/** A finding of `rule`; severity, and the hint where none is given, come from the table. */
export function finding(rule: RuleId, where: string, message: string, hint: string = RULES[rule].fix): Issue {
  return { rule, severity: RULES[rule].severity, where, message, hint };
}
