import { array, assert, constantFrom, json, nat, oneof, property, string, tuple } from 'fast-check';
import { readContractText } from '../../../assets';
import { loadContract } from '../contract';
import { faultInStructure } from './json-structure';
import { readJson, UNREAD } from './read-json';

/** Returns the value of a text that is accepted, by JSON.parse and a second pass; `UNREAD` for any other text. */
function readTwice(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return faultInStructure(text) === null ? value : UNREAD;
  } catch {
    return UNREAD;
  }
}

/** Fails where the one pass accepts a text that two refuse, or reads another value out of it. */
function compare(text: string): void {
  const value = readJson(text);
  if (value !== UNREAD) expect(value).toStrictEqual(readTwice(text));
}

const pieces = [
  ['{', '}', '[', ']', ',', ':', '"', '"a":', '"a"', '"b":1', ' ', '\n', '\\', '\\"', '\\u0061', '\\ud83d'],
  ['-', '0', '1', '01', '-0', '.5', '1.5', '1.0', '1e5', '1e-5', '+1', '9007199254740993', '123456789012345'],
  ['true', 'false', 'null', 'tru', 'NaN', '\0', '\t', '\u2028', '"__proto__":1', '"constructor":2', '😀'],
].flat();

describe('reading JSON in one pass', () => {
  it('reads what JSON.parse and a second pass accept, in whatever layout', () =>
    assert(
      property(json({ maxDepth: 6 }), constantFrom(undefined, 1, '\t\r\n '), (text, indent) => {
        compare(text);
        compare(JSON.stringify(JSON.parse(text), null, indent));
      }),
    ));

  it('accepts nothing that they refuse', () => {
    const runs = { numRuns: 5000 };
    assert(
      property(array(oneof(constantFrom(...pieces), string()), { maxLength: 12 }), (parts) => compare(parts.join(''))),
      runs,
    );
    const cut = tuple(json({ maxDepth: 4 }), nat(), constantFrom(...pieces), nat(3));
    assert(
      property(cut, ([text, place, piece, length]) => {
        const at = place % (text.length + 1);
        compare(text.slice(0, at) + piece + text.slice(at + length));
      }),
      runs,
    );
  });

  it.each([
    '{"a":1,"a":2}',
    '{"a":1,"\\u0061":2}',
    '{"__proto__":{"a":1}}',
    '{"a":1}x',
    '{"a":1,}',
    '[1,]',
    '[01]',
    '[-]',
    '[1000.00000000000000001]',
    '["\n"]',
    '["a',
    `${'['.repeat(33)}${']'.repeat(33)}`,
    `[${'1,'.repeat(1000)}1]`,
    `{${Array.from({ length: 1001 }, (_one, index) => `"${index}":1`).join()}}`,
    `["${'x'.repeat(10_001)}"]`,
    '',
    ' ',
  ])('leaves %.40j to further passes', (text) => expect(readJson(text)).toBe(UNREAD));

  it.each([
    '[-0]',
    '[0, -12, 1.5, 1e3, 123456789012345678]',
    ' {"a" : [ true , false , null ] } ',
    '"\\u00e9\\n"',
    '{}',
  ])('reads %j', (text) => expect(readJson(text)).toStrictEqual(JSON.parse(text)));

  it('reads every example of a body in openapi.yaml', () => {
    const { document } = loadContract(readContractText());
    const bodies = JSON.stringify(document).matchAll(/"value":(\{.*?\})\}/g);
    const texts = [...bodies].map(([, text = '']) => text).filter((text) => readTwice(text) !== UNREAD);
    expect(texts.length).toBeGreaterThan(5);
    for (const text of texts) expect(readJson(text)).toStrictEqual(JSON.parse(text));
  });
});
