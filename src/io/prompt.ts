/** Presentation → the `Prompt` port. Questions are drawn on stderr, so that stdout stays the result. */
import { MlserveError } from '../errors.ts';
import type { Prompt } from '../ports.ts';
import { visible } from '../visible.ts';

/** Loads the prompt library on the first question. */
export function realPrompt(isInteractive: boolean): Prompt {
  const guard = async <T>(question: { message: string; flag: string }, ask: () => Promise<T>): Promise<T> => {
    if (!isInteractive) {
      throw new MlserveError('PROMPT_UNAVAILABLE', `there is no terminal to ask "${question.message}" on`, {
        hint: `give ${question.flag}`,
      });
    }
    try {
      return await ask();
    } catch (error) {
      // The library's own class for Ctrl-C and a closed input.
      if (error instanceof Error && (error.name === 'ExitPromptError' || error.name === 'AbortPromptError')) {
        throw new MlserveError('INTERRUPTED', 'stopped at a question', { cause: error });
      }
      throw error;
    }
  };
  return {
    text: (question) =>
      guard(question, async () => {
        const { input } = await import('@inquirer/prompts');
        const { message, initial, check } = question;
        const validate = async (answer: string): Promise<string | true> => {
          const complaint = await check?.(answer);
          return complaint === undefined ? true : visible(complaint);
        };
        return await input(initial === undefined ? { message, validate } : { message, validate, default: initial }, {
          output: process.stderr,
        });
      }),
    confirm: (question) =>
      guard(question, async () => {
        const { confirm } = await import('@inquirer/prompts');
        const { message } = question;
        return await confirm({ message, default: false }, { output: process.stderr });
      }),
  };
}
