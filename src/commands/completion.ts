/** `mlserve completion`: a shell × the commands of the program → the script by which that shell completes them. */
import { bashCompletion } from '../completion/bash.ts';
import type { CommandNode } from '../completion/command-tree.ts';
import { fishCompletion } from '../completion/fish.ts';
import { zshCompletion } from '../completion/zsh.ts';

export const SHELLS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const;

export interface CompletionResult {
  readonly shell: 'bash' | 'zsh' | 'fish';
  readonly script: string;
}

export function completion(shell: CompletionResult['shell'], commands: readonly CommandNode[]): CompletionResult {
  return { shell, script: SHELLS[shell](commands) };
}

export const renderCompletion = ({ script }: CompletionResult): string => script;
