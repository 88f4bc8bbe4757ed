import type { FieldError } from '../problem';

/** What no body of the contract comes near; they bound the work that validation can be made to do. */
const MAX_DEPTH = 32;
const MAX_MEMBERS = 1000;
const MAX_TEXT_LENGTH = 5000;

interface Frame {
  isObject: boolean;
  keys: Set<string>;
  key: string;
  members: number;
}

// `[^"\\]+` and `\\.` exclude each other, and the text is known to be valid JSON: nothing to backtrack over.
const TOKENS = /"((?:[^"\\]+|\\.)*)"|-?\d[\d.eE+-]*|[{}[\],:]/gs;
const NUMBER = /^-?(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/**
 * Looks through a text that JSON.parse took for what the parsed value no longer shows, or what would make validating it
 * expensive: depth over 32, more than 1,000 members, texts over 5,000 characters, keys that come twice (which parsers
 * read differently; RFC 7493 forbids them), and fractions so fine that a double rounds them to a whole number. Answers
 * the first fault with its JSON pointer, or null.
 */
export function faultInStructure(json: string): FieldError | null {
  const stack: Frame[] = [];
  let expectsKey = false;
  for (const [token, rawText] of json.matchAll(TOKENS)) {
    const frame = stack.at(-1);
    if (rawText !== undefined) {
      if (expectsKey && frame) {
        frame.key = JSON.parse(token) as string;
        if (frame.keys.has(frame.key)) return fault(stack, 'uniqueKeys', 'the key comes twice; keep one');
        frame.keys.add(frame.key);
        expectsKey = false;
      } else if (rawText.length > MAX_TEXT_LENGTH) {
        return fault(
          stack,
          'maxLength',
          `must be shorter; no text here may have more than ${MAX_TEXT_LENGTH} characters`,
        );
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
 * Whether a number with a fraction would pass for a whole one once it is a double: nobody's amount may be changed
 * unsaid.
 */
function isRoundedToWhole(token: string): boolean {
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

/** A JSON pointer (RFC 6901) made of its unescaped segments, shortened where a key would make it endless. */
export function pointerOf(segments: readonly string[]): string {
  return segments.map((segment) => `/${segment.slice(0, 100).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
