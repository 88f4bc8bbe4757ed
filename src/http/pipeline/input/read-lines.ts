import { hash } from 'node:crypto';
import { RequestProblem } from '../../problem';
import { MAX_MEMBERS } from './json-structure';
import { parseJson } from './parse-json';

const LINE_FEED = 0x0a;

/** A line of NDJSON that cannot be read, in the place of its value. */
export class BrokenLine {
  readonly problem: RequestProblem;
  /** Two lines that are broken in different ways are different requests. */
  readonly sha256: string;

  constructor(problem: RequestProblem, line: Buffer) {
    this.problem = problem;
    this.sha256 = hash('sha256', line);
  }
}

/**
 * Returns the value of each line that is not empty; a `BrokenLine` for one that cannot be read.
 * @throws RequestProblem `BATCH_TOO_LARGE`
 */
export function readLines(bytes: Buffer): unknown[] {
  const values: unknown[] = [];
  for (let start = 0, end = 0; start < bytes.length; start = end + 1) {
    const next = bytes.indexOf(LINE_FEED, start);
    end = next === -1 ? bytes.length : next;
    const line = bytes.subarray(start, end);
    if (isBlank(line)) continue;
    if (values.length === MAX_MEMBERS) throw batchTooLarge();
    values.push(readLine(line));
  }
  return values;
}

const isBlank = (line: Buffer): boolean => line.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d);

function readLine(line: Buffer): unknown {
  try {
    return parseJson(line, 'line');
  } catch (error) {
    if (error instanceof RequestProblem) return new BrokenLine(error, line);
    throw error;
  }
}

export function batchTooLarge(): RequestProblem {
  const detail = `A batch has at most ${MAX_MEMBERS} items; send several, each with an Idempotency-Key of its own.`;
  return new RequestProblem('BATCH_TOO_LARGE', detail, { errors: [{ pointer: '/items', rule: 'maxItems', detail }] });
}
