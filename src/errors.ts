/** The one error class and the catalogue of its codes; README's error table is tested against `ERRORS`. */
import type { Issue } from './issue.ts';

/** Exit codes of the CLI: 0 done, 1 findings, 2 could not work, 3 a bug, 130 interrupted. */
export const EXIT = { done: 0, findings: 1, unable: 2, bug: 3, interrupted: 130 } as const;

interface ErrorKind {
  readonly exit: 1 | 2 | 3 | 130;
  readonly meaning: string;
}

/** Every code an `MlserveError` may carry. Codes are never reused for another meaning. */
export const ERRORS = {
  USAGE: { exit: 2, meaning: 'A command line that cannot be understood: unknown command or flag, missing argument.' },
  CONFIG_INVALID: { exit: 2, meaning: '`mlserve.yaml` or the environment holds something that is not valid.' },
  PROJECT_NOT_FOUND: { exit: 2, meaning: 'There is no `mlserve.yaml` in the folder.' },
  FILE_NOT_FOUND: { exit: 2, meaning: 'A file named on the command line or in the configuration does not exist.' },
  FILE_UNREADABLE: { exit: 2, meaning: 'A file exists but cannot be read or written.' },
  FILE_EXISTS: { exit: 2, meaning: 'A file would be overwritten and `--force` was not given.' },
  MODEL_INVALID: { exit: 1, meaning: 'The model breaks a rule of severity error, or the runtime cannot load it.' },
  LOCK_MISMATCH: {
    exit: 1,
    meaning: 'What is on disk is not what `mlserve.lock` records, or changed while it was being loaded.',
  },
  LOCK_MISSING: { exit: 1, meaning: 'A command that needs `mlserve.lock` found none.' },
  LOCK_UNREADABLE: { exit: 2, meaning: '`mlserve.lock` is damaged or was written by a newer mlserve.' },
  INPUT_INVALID: { exit: 1, meaning: 'Rows given to `mlserve predict` do not fit the model.' },
  IMAGE_UNPINNED: {
    exit: 2,
    meaning: 'Nothing says which image to deploy, or it is named without the digest that pins it.',
  },
  NOT_DEPLOYED: {
    exit: 2,
    meaning:
      'The cluster does not hold what this acts on: the Deployment or HTTPRoute of the service, a canary, or an earlier revision.',
  },
  CANARY_REFUSED: {
    exit: 1,
    meaning:
      'A canary is not what this project is, is not ready, would be what runs already, or is in the way of an apply.',
  },
  PORT_IN_USE: { exit: 2, meaning: 'The port to listen on is taken.' },
  SERVICE_UNREACHABLE: { exit: 2, meaning: 'No service of mlserve answers at the URL.' },
  RUNTIME_UNSUPPORTED: { exit: 2, meaning: 'onnxruntime does not exist for this platform, or its files are missing.' },
  PROMPT_UNAVAILABLE: { exit: 2, meaning: 'A question would have to be asked, but there is no terminal to ask on.' },
  ENGINE_UNREACHABLE: {
    exit: 2,
    meaning: 'No container engine (Docker, Podman) answers, or it went away while it was used.',
  },
  ENGINE_REFUSED: { exit: 2, meaning: 'The container engine refuses what was asked of it.' },
  BASE_UNSUITABLE: { exit: 2, meaning: 'The base image cannot be had, or onnxruntime does not run on it.' },
  BUILD_FAILED: { exit: 2, meaning: 'The container engine could not build the image.' },
  IMAGE_TOO_LARGE: {
    exit: 1,
    meaning: 'The image, or what is sent to the engine to build it, is larger than its limit.',
  },
  SMOKE_FAILED: {
    exit: 1,
    meaning: 'A container of the image does not start, answer or stop as it should.',
  },
  IMAGE_NOT_FOUND: { exit: 2, meaning: 'Neither the container engine nor the registry has the image.' },
  REGISTRY_REFUSED: { exit: 2, meaning: 'A registry cannot be reached, or refuses what was asked of it.' },
  CLUSTER_UNREACHABLE: {
    exit: 2,
    meaning:
      'There is no kubectl or kubeconfig, or the API server of the cluster does not answer, or does not know who asks.',
  },
  CLUSTER_REFUSED: {
    exit: 2,
    meaning:
      'The cluster refuses what was asked of it: a right, quota, namespace or kind is missing, or a field is managed by another.',
  },
  ROLLOUT_FAILED: { exit: 1, meaning: 'What was applied does not become ready.' },
  DIGEST_MISMATCH: {
    exit: 1,
    meaning: 'A pod serves another model than `mlserve.lock` records, or does not say which one.',
  },
  INTERRUPTED: {
    exit: 130,
    meaning:
      'Stopped by Ctrl-C, SIGTERM or the answer to a question, or because nobody reads standard output any more.',
  },
  INTERNAL: { exit: 3, meaning: 'A bug in mlserve. The stack is printed with where to report it.' },
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof ERRORS;

export interface ErrorDetail {
  /** The file, flag or place the error is about. */
  readonly where?: string;
  /** What to do about it. */
  readonly hint?: string;
  /** The findings behind the error, when it stands for several. */
  readonly issues?: readonly Issue[];
  readonly cause?: unknown;
  /** A document on standard output says it already: people read it on stderr, with `--json` too. */
  readonly isPrinted?: boolean;
}

/** An expected failure: what is wrong, where, and what to do. Anything else that is thrown is a bug. */
export class MlserveError extends Error {
  override readonly name = 'MlserveError';
  readonly code: ErrorCode;
  readonly where: string | undefined;
  readonly hint: string | undefined;
  readonly issues: readonly Issue[];
  readonly isPrinted: boolean;

  constructor(code: ErrorCode, message: string, detail: ErrorDetail = {}) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.code = code;
    this.where = detail.where;
    this.hint = detail.hint;
    this.issues = detail.issues ?? [];
    this.isPrinted = detail.isPrinted ?? false;
  }

  get exitCode(): number {
    return ERRORS[this.code].exit;
  }
}
