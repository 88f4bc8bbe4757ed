import { isRoundedToWhole, MAX_DEPTH, MAX_MEMBERS, MAX_TEXT_LENGTH } from './json-structure';

/** Returned for a text that has to be looked at in detail, because it may be no JSON or break a limit. */
export const UNREAD = Symbol('unread');

/** Integers of at most this many digits are added up exactly as doubles. */
const MAX_PLAIN_DIGITS = 15;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

const [QUOTE, BACKSLASH, COMMA, COLON, MINUS, ZERO, NINE] = [0x22, 0x5c, 0x2c, 0x3a, 0x2d, 0x30, 0x39];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];
const [SPACE, TAB, LINE_FEED, CARRIAGE_RETURN] = [0x20, 0x09, 0x0a, 0x0d];

/**
 * Returns the value of a JSON text within the limits of `faultInStructure`, in one pass; `UNREAD` for any other text,
 * and for the rare valid one that is not worth code here. The value is that of `JSON.parse`.
 */
export function readJson(text: string): unknown {
  const reader = new JsonReader(text);
  const value = reader.readValue(0);
  return value === UNREAD || !reader.isAtEnd() ? UNREAD : value;
}

class JsonReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  isAtEnd(): boolean {
    this.#skipSpace();
    return this.#at === this.#text.length;
  }

  readValue(depth: number): unknown {
    this.#skipSpace();
    const code = this.#text.charCodeAt(this.#at);
    if (code === QUOTE) return this.#readString();
    if (code === OPEN_OBJECT) return depth === MAX_DEPTH ? UNREAD : this.#readObject(depth + 1);
    if (code === OPEN_LIST) return depth === MAX_DEPTH ? UNREAD : this.#readList(depth + 1);
    if (code === MINUS || (code >= ZERO && code <= NINE)) return this.#readNumber();
    return this.#readWord();
  }

  #skipSpace(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code !== SPACE && code !== LINE_FEED && code !== CARRIAGE_RETURN && code !== TAB) return;
      this.#at += 1;
    }
  }

  /** Moves behind the next character if it is this one. */
  #takes(code: number): boolean {
    this.#skipSpace();
    if (this.#text.charCodeAt(this.#at) !== code) return false;
    this.#at += 1;
    return true;
  }

  #readObject(depth: number): unknown {
    this.#at += 1;
    const object: Record<string, unknown> = {};
    if (this.#takes(CLOSE_OBJECT)) return object;
    let members = 0;
    do {
      members += 1;
      this.#skipSpace();
      const key = this.#text.charCodeAt(this.#at) === QUOTE ? this.#readString() : UNREAD;
      if (typeof key !== 'string' || !this.#takes(COLON)) return UNREAD;
      const value = this.readValue(depth);
      if (value === UNREAD || members > MAX_MEMBERS) return UNREAD;
      object[key] = value;
    } while (this.#takes(COMMA));
    // A key that occurs twice leaves one member, and `__proto__` none.
    return this.#takes(CLOSE_OBJECT) && Object.keys(object).length === members ? object : UNREAD;
  }

  #readList(depth: number): unknown {
    this.#at += 1;
    const list: unknown[] = [];
    if (this.#takes(CLOSE_LIST)) return list;
    do {
      const value = this.readValue(depth);
      if (value === UNREAD || list.length === MAX_MEMBERS) return UNREAD;
      list.push(value);
    } while (this.#takes(COMMA));
    return this.#takes(CLOSE_LIST) ? list : UNREAD;
  }

  #readString(): unknown {
    const text = this.#text;
    const start = this.#at + 1;
    let end = start;
    let isPlain = true;
    for (let code = text.charCodeAt(end); code !== QUOTE; code = text.charCodeAt(end)) {
      if (code === BACKSLASH) {
        isPlain = false;
        end += 1;
      }
      // Control characters, and NaN behind the end.
      if (!(code >= SPACE)) return UNREAD;
      end += 1;
    }
    this.#at = end + 1;
    if (end - start > MAX_TEXT_LENGTH) return UNREAD;
    return isPlain ? text.slice(start, end) : unescaped(text.slice(start - 1, end + 1));
  }

  #readNumber(): unknown {
    const text = this.#text;
    const isNegative = text.charCodeAt(this.#at) === MINUS;
    const start = this.#at + Number(isNegative);
    let at = start;
    let value = 0;
    let code = text.charCodeAt(at);
    for (; code >= ZERO && code <= NINE; code = text.charCodeAt(at)) {
      value = value * 10 + (code - ZERO);
      at += 1;
    }
    const isPlain = at - start === 1 || (at - start <= MAX_PLAIN_DIGITS && text.charCodeAt(start) !== ZERO);
    // `.`, `e` and `E` continue the number.
    if (at === start || !isPlain || code === 0x2e || code === 0x65 || code === 0x45) return this.#readLongNumber();
    this.#at = at;
    return isNegative ? -value : value;
  }

  #readLongNumber(): unknown {
    NUMBER.lastIndex = this.#at;
    const [token] = NUMBER.exec(this.#text) ?? [];
    if (token === undefined || isRoundedToWhole(token)) return UNREAD;
    this.#at += token.length;
    return Number(token);
  }

  #readWord(): unknown {
    if (this.#text.startsWith('true', this.#at)) return this.#took('true', true);
    if (this.#text.startsWith('false', this.#at)) return this.#took('false', false);
    if (this.#text.startsWith('null', this.#at)) return this.#took('null', null);
    return UNREAD;
  }

  #took(word: string, value: boolean | null): boolean | null {
    this.#at += word.length;
    return value;
  }
}

function unescaped(literal: string): unknown {
  try {
    return JSON.parse(literal);
  } catch {
    return UNREAD;
  }
}
