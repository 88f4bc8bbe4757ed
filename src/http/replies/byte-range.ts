import { RequestProblem } from '../problem';

export interface ByteRange {
  first: number;
  /** Included. */
  last: number;
}

const ONE_RANGE = /^bytes=(\d*)-(\d*)$/;

/**
 * Returns the part of a file that a `Range` asks for (RFC 9110 §14.1.2); null for the whole file: without the header,
 * for several ranges, and for one that is not understood, which a server may ignore.
 * @throws RequestProblem `RANGE_NOT_SATISFIABLE` where the file ends before the range begins
 */
export function rangeOf(header: string | undefined, bytes: number): ByteRange | null {
  const [, from = '', to = ''] = ONE_RANGE.exec(header?.trim() ?? '') ?? [];
  if (from === '' && to === '') return null;
  const last = from === '' || to === '' ? bytes - 1 : Math.min(Number(to), bytes - 1);
  const first = from === '' ? Math.max(0, bytes - Number(to)) : Number(from);
  if (from !== '' && to !== '' && Number(to) < first) return null;
  if (first < bytes && !(from === '' && Number(to) === 0)) return { first, last };
  throw notSatisfiable(bytes);
}

const notSatisfiable = (bytes: number): RequestProblem =>
  new RequestProblem('RANGE_NOT_SATISFIABLE', `The file has ${bytes} bytes: ask for a range within them.`, {
    headers: { 'Content-Range': `bytes */${bytes}` },
  });
