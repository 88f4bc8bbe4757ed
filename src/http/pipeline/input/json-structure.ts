import { lengthOf } from '../../../domain/values/text';
import type { FieldError } from '../../problem';

/** Limits that no valid body comes near; they bound the work that a caller can cause in validation. */
export const MAX_DEPTH = 32;
export const MAX_MEMBERS = 1000;
export const MAX_TEXT_LENGTH = 10_000;

interface Frame {
  isObject: boolean;
  keys: Set<string>;
  key: string;
  members: number;
}

// `[^"\\]+` and `\\.` exclude each other, and the text is known to be valid JSON, so the pattern does not backtrack.
const TOKENS = /"((?:[^"\\]+|\\.)*)"|-?\d[\d.eE+-]*|[{}[\],:]/gs;
const NUMBER = /^-?(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/**
 * Returns the first fault of a text that JSON.parse accepts, with its JSON pointer, or null. Faults are details that
 * the parsed value no longer shows or that make validation expensive: depth over 32, more than 1,000 members, strings
 * over 10,000 characters, duplicate keys (parsers read them differently; RFC 7493 forbids them), and fractions so fine
 * that a double rounds them to a whole number.
 */
export function faultInStructure(json: string): FieldError | null {
  const stack: Frame[] = [];
  let expectsKey = false;
  for (const [token, rawText] of json.matchAll(TOKENS)) {
    const frame = stack.at(-1);
    if (rawText !== undefined) {
      if (expectsKey && frame) {
        frame.key = JSON.parse(token) as string;
        if (frame.keys.has(frame.key)) return fault(stack, 'uniqueKeys', 'the key occurs twice; keep one');
        frame.keys.add(frame.key);
        expectsKey = false;
      } else if (rawText.length > MAX_TEXT_LENGTH && lengthOf(JSON.parse(token) as string) > MAX_TEXT_LENGTH) {
        return fault(stack, 'maxLength', `must be shorter; no string may have more than ${MAX_TEXT_LENGTH} characters`);
      }
    } else if (token === '{' || token === '[') {
      if (stack.length === MAX_DEPTH)
        return fault(stack, 'maxDepth', `is nested deeper than ${MAX_DEPTH} levels; send it flatter`);
      stack.push({ isObject: token === '{', keys: new Set(), key: '', members: 0 });
      expectsKey = token === '{';
    } else if (token === '}' || token === ']') {
      stack.pop();
      expectsKey = false;
    } else if (token === ',' && frame) {
      frame.members += 1;
      if (frame.members >= MAX_MEMBERS)
        return fault(stack.slice(0, -1), 'maxItems', `has more than ${MAX_MEMBERS} members; send fewer`);
      expectsKey = frame.isObject;
    } else if (isRoundedToWhole(token)) {
      return fault(stack, 'type', `must be a whole number; this one would be rounded to ${Number(token)}`);
    }
  }
  return null;
}

/**
 * Returns true if a number with a fraction becomes a whole number as a double: no amount may change without an error.
 */
export function isRoundedToWhole(token: string): boolean {
  const [, whole = '', fraction = '', exponent = '0'] = NUMBER.exec(token) ?? [];
  if (fraction === '' && !exponent.startsWith('-')) return false;
  const digits = whole + fraction;
  let significant = digits.length;
  while (significant > 0 && digits[significant - 1] === '0') significant -= 1;
  const places = fraction.length - Number(exponent) - (digits.length - significant);
  return significant > 0 && places > 0 && Number.isInteger(Number(token));
}

const fault = (stack: readonly Frame[], rule: string, detail: string): FieldError => {
  const path = stack.map(({ isObject, key, members }) => (isObject ? key : String(members)));
  return { pointer: pointerOf(path), rule, detail };
};

/** Returns the JSON pointer (RFC 6901) of unescaped segments; long keys are cut to 100 characters. */
export function pointerOf(segments: readonly string[]): string {
  return segments.map((segment) => `/${segment.slice(0, 100).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
