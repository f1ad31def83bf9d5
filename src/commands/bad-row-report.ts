/** Bad rows that are passed over → a warning for each of the first, so that a file full of them does not fill the screen. */
import type { Io } from '../ports.ts';
import type { BadRow } from '../service/rows/row.ts';

/** Bad rows listed one by one; beyond these they are only counted. */
const LISTED = 20;

/** The reporter of bad rows that are passed over. */
export function badRowReport(terminal: Io['terminal']): (bad: BadRow) => void {
  let count = 0;
  return ({ line, problems }) => {
    count++;
    if (count <= LISTED) terminal.warn(`line ${line}: ${problems.join('; ')}`);
    if (count === LISTED) terminal.warn('further bad rows are counted, not listed');
  };
}
