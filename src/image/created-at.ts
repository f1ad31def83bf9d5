/** SOURCE_DATE_EPOCH × the time of the commit → when the image was made, in seconds since 1970. */
import { MlserveError } from '../errors.ts';

/** https://reproducible-builds.org/specs/source-date-epoch. Undefined when nothing says when. Throws CONFIG_INVALID. */
export function createdAt(epoch: string, committedAt: number | undefined): number | undefined {
  if (epoch === '') return committedAt;
  if (/^\d{1,11}$/.test(epoch)) return Number(epoch);
  throw new MlserveError('CONFIG_INVALID', `"${epoch}" is not a number of seconds`, {
    where: 'SOURCE_DATE_EPOCH',
    hint: 'give seconds since 1970, or unset it',
  });
}
