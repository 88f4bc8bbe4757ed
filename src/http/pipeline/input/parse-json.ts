import { RequestProblem } from '../../problem';
import { faultInStructure } from './json-structure';
import { readJson, UNREAD } from './read-json';

const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * Parses strictly: in one pass, and in further passes where a text may have to be refused, to describe its fault.
 * @throws RequestProblem INVALID_JSON (400), or INVALID_REQUEST (422) with the pointer to a part that is too deep, too
 *   long or duplicate.
 */
export function parseJson(bytes: Uint8Array, what: 'body' | 'line' = 'body'): unknown {
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch {
    throw invalidJson(`The ${what} is not valid UTF-8. Encode it as UTF-8.`);
  }
  const read = readJson(text);
  return read === UNREAD ? parseInDetail(text, what) : read;
}

function parseInDetail(text: string, what: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw invalidJson(`The ${what} is not valid JSON${placeOf(error, text)}.`);
  }
  const fault = faultInStructure(text);
  if (fault) throw new RequestProblem('INVALID_REQUEST', `${fault.pointer ?? ''} ${fault.detail}`, { errors: [fault] });
  return value;
}

export const invalidJson = (detail: string): RequestProblem =>
  new RequestProblem('INVALID_JSON', detail, { errors: [{ pointer: '', rule: 'json', detail }] });

/** Returns the place at which the parser stopped. Its own message quotes the body, so only the position is used. */
function placeOf(error: unknown, text: string): string {
  const position = positionOf(error, text);
  if (position >= text.length) return ': it ends too early';
  const before = text.slice(0, position);
  const line = before.split('\n').length;
  return ` at line ${line}, column ${before.length - before.lastIndexOf('\n')} (position ${position})`;
}

/**
 * Returns the position at which the parser stopped. For an unknown word (NaN, undefined) the parser reports no
 * position, so the longest prefix without that error is searched for.
 */
function positionOf(error: unknown, text: string): number {
  const [, reported] = /at position (\d+)/.exec((error as Error).message) ?? [];
  if (reported !== undefined) return Number(reported);
  let acceptedChars = 0;
  let rejectedChars = text.length + 1;
  while (rejectedChars - acceptedChars > 1) {
    const middle = Math.floor((acceptedChars + rejectedChars) / 2);
    if (hasUnknownWord(text.slice(0, middle))) rejectedChars = middle;
    else acceptedChars = middle;
  }
  return acceptedChars;
}

function hasUnknownWord(text: string): boolean {
  try {
    JSON.parse(text);
    return false;
  } catch (error) {
    return (error as Error).message.startsWith('Unexpected token');
  }
}
