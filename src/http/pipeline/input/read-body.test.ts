import { assert, json, property } from 'fast-check';
import { faultInStructure } from './json-structure';
import { fingerprintOf } from '../../replies/idempotency';
import { parseJson } from './parse-json';
import { isJsonType } from './read-body';

describe('reading a body', () => {
  it('accepts every small JSON without duplicate keys, as JSON.parse does', () => {
    assert(property(json({ maxDepth: 5 }), (text) => expect(parseJson(Buffer.from(text))).toEqual(JSON.parse(text))));
  });

  it.each([
    ['[[{"a":1,"a":2}]]', '/0/0/a', 'uniqueKeys'],
    [String.raw`{"a":{"b":1,"\u0062":2}}`, '/a/b', 'uniqueKeys'],
    [`{"a":["x","${'y'.repeat(10_001)}"]}`, '/a/1', 'maxLength'],
    [`{"a":${'['.repeat(32)}${']'.repeat(32)}}`, `/a${'/0'.repeat(31)}`, 'maxDepth'],
    [`{"a~/b":[${'1,'.repeat(1000)}1]}`, '/a~0~1b', 'maxItems'],
  ])('finds the fault in %.30s', (text, pointer, rule) => {
    expect(faultInStructure(text)).toMatchObject({ pointer, rule });
  });

  it.each([
    ['{"amount":{"amountMinor":NaN,"currency":"EUR"}}', 'line 1, column 26 (position 25)'],
    ['{"a":\n undefined}', 'line 2, column 2 (position 7)'],
    ["{'a':1}", 'line 1, column 2 (position 1)'],
    ['[1,]', 'line 1, column 4 (position 3)'],
    ['{"a":1} x', 'line 1, column 9 (position 8)'],
    ['{"a":-}', 'line 1, column 7 (position 6)'],
    ['tru', 'ends too early'],
    ['{"a":[1', 'ends too early'],
    ['{"a":"secret', 'ends too early'],
    ['{"a":-', 'ends too early'],
  ])('reports the position at which JSON is broken, or that it ends early: %j', (text, where) => {
    let detail = '';
    try {
      parseJson(Buffer.from(text));
    } catch (problem) {
      detail = (problem as Error).message;
    }
    expect(detail).toMatch(/^The body is not valid JSON/);
    expect(detail).toContain(where);
    expect(detail).not.toContain('secret');
  });

  it.each([
    '9007199254740990.6',
    '1000.00000000000000001',
    '-1000.00000000000000001',
    '10000000000000000000001e-21',
    '1e-400',
    '-1.0E-999999999999',
    '123456789012345678.5',
  ])('rejects %s, which would be rounded to a whole number', (number) => {
    expect(faultInStructure(`{"amount":[{"amountMinor":${number}}]}`)).toEqual({
      pointer: '/amount/0/amountMinor',
      rule: 'type',
      detail: expect.stringContaining('whole number'),
    });
    expect(faultInStructure(number)).toMatchObject({ pointer: '' });
    expect(faultInStructure(JSON.stringify({ a: number, [number]: number }))).toBeNull();
  });

  it('checks a number as long as a body in less than two seconds', () => {
    const begun = performance.now();
    for (const number of [`0.${'0'.repeat(65_000)}1`, `1.${'0'.repeat(65_000)}`, `${'1'.repeat(65_000)}.5`])
      faultInStructure(`[${number}]`);
    expect(performance.now() - begun).toBeLessThan(2000);
  });

  it.each([
    '0',
    '-0',
    '0.0',
    '0e-999999999999',
    '0.000',
    '1000',
    '1000.000',
    '1.5e1',
    '15000e-3',
    '1E3',
    '1e+3',
    '9007199254740991',
    '9007199254740993',
    '1e400',
    '0.5',
    '10.50',
    '1.5e0',
    '-2.25',
  ])('leaves %s to validation', (number) => {
    expect(faultInStructure(`{"amountMinor":${number},"other":[${number}]}`)).toBeNull();
  });

  it.each([
    ['as they are', (text: string) => JSON.stringify({ text })],
    ['as \\u escapes', (text: string) => `{"text":"${'\\ud83d\\ude00'.repeat(text.length / 2)}"}`],
  ])('counts the characters of a text, sent %s', (_how, send) => {
    expect(faultInStructure(send('😀'.repeat(10_000)))).toBeNull();
    expect(faultInStructure(send('😀'.repeat(10_001)))).toMatchObject({ pointer: '/text', rule: 'maxLength' });
  });

  it('is not fooled by brackets, quotes and backslashes inside texts', () => {
    expect(
      faultInStructure(
        JSON.stringify({ a: '{"a":1,"a"', b: ['\\', '"', '[[['], c: { a: 1 }, d: [{ a: 1 }, { a: 1 }] }),
      ),
    ).toBeNull();
  });
});

describe('the type of a body', () => {
  it.each([
    'application/json',
    'Application/JSON; charset=UTF-8',
    'application/json;charset="utf-8"',
    'application/json\t;\tcharset=utf8',
    'application/json; profile="a;b"; charset=utf-8',
  ])('%s is JSON', (type) => expect(isJsonType(type)).toBe(true));

  it.each([
    '',
    'json',
    'application/jsonp',
    'text/json',
    'application/json; charset=iso-8859-1',
    'application/json, x/y',
  ])('"%s" is not JSON', (type) => expect(isJsonType(type)).toBe(false));
});

describe('a fingerprint', () => {
  it('depends on method, path and body, and on nothing else', () => {
    const of = (body: unknown, path = '/a', method = 'POST') => fingerprintOf({ method, path, json: body });
    expect(of({ a: 1, b: { c: [1, 2], d: 2 } })).toBe(of({ b: { d: 2, c: [1, 2] }, a: 1 }));
    expect(of({})).toBe(of(undefined));
    expect(
      new Set([
        of({ a: 1 }),
        of({ a: '1' }),
        of({ a: [1] }),
        of({ b: 1 }),
        of({ a: 1 }, '/b'),
        of({ a: 1 }, '/a', 'PATCH'),
      ]).size,
    ).toBe(6);
  });
});
