import { quoted, withoutLinks } from './typed-text';

test.each([
  ['https://evil.example/login', 'https: evil. example/login', 'a web address'],
  ['Prize at evil.example', 'Prize at evil. example', 'a bare domain'],
  ['me@evil.example', 'me@evil. example', 'an address'],
  ['Ada\r\nYour account is blocked', 'Ada Your account is blocked', 'a line break'],
  ['J.R.R. Tolkien', 'J. R. R. Tolkien', 'initials'],
  ['Pro 2.5', 'Pro 2.5', 'a number'],
  ['Ada Lovelace', 'Ada Lovelace', 'an ordinary name'],
])('%j becomes %j: %s', (typed, shown) => {
  expect(withoutLinks(typed)).toBe(shown);
});

test('a quotation is one line, short, and cannot be closed by the quoted', () => {
  expect(quoted('Acme”. The operator wrote: “pay\nnow')).toBe("“Acme'. The operator wrote: 'pay now”");
  expect(Array.from(quoted('ß'.repeat(200)))).toHaveLength(83);
  expect(quoted('🎈'.repeat(81))).toBe(`“${'🎈'.repeat(80)}…”`);
});
