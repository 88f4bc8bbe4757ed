import { canonicalEmail, mailboxOf, normaliseEmail } from './email';

describe('an e-mail address', () => {
  it.each([
    ['x@bücher.example', 'x@xn--bcher-kva.example'],
    ['x@BÜCHER.example', 'x@xn--bcher-kva.example'],
    ['x@xn--bcher-kva.example', 'x@xn--bcher-kva.example'],
    ['x@bu\u0308cher.example', 'x@xn--bcher-kva.example'],
    ['x@bücher。example', 'x@xn--bcher-kva.example'],
    ['x@faß.example', 'x@xn--fa-hia.example'],
    ['Ada.O+tag@Example.COM', 'Ada.O+tag@example.com'],
    [`${'a'.repeat(64)}@example.com`, `${'a'.repeat(64)}@example.com`],
    [`a@${'b'.repeat(63)}.example`, `a@${'b'.repeat(63)}.example`],
  ])('%s is accepted, its domain in ASCII', (text, address) => expect(canonicalEmail(text)).toBe(address));

  it.each([
    ['no punycode', 'ada@xn--0.example'],
    ['a label that IDNA refuses', 'ada@a\u0300-.example'],
    ['a script mixed against the bidi rule', 'ada@\u05d0b.example'],
    ['an underscore in the domain', 'ada@a_b.example'],
    ['an empty label', 'ada@a..example'],
    ['a trailing dot', 'ada@example.com.'],
    ['one label', 'ada@localhost'],
    ['an IPv4 address', 'ada@127.0.0.1'],
    ['an address literal', 'ada@[127.0.0.1]'],
    ['a path behind the domain', 'ada@example.com/x'],
    ['a percent-encoded dot', 'ada@a%2eexample.com'],
    ['a local part of 65 octets', `${'a'.repeat(65)}@example.com`],
    ['a label of 64 octets', `ada@${'b'.repeat(64)}.example`],
    ['255 octets in all', `${'a'.repeat(60)}@${`${'b'.repeat(60)}.`.repeat(3)}${'c'.repeat(11)}`],
    ['two dots in the local part', 'a..b@example.com'],
    ['a local part beyond ASCII', 'ädä@example.com'],
    ['a space', 'ada @example.com'],
    ['a line break at the end', 'ada@example.com\n'],
    ['no local part', '@example.com'],
    ['no at sign', 'example.com'],
  ])('with %s is invalid', (_fault, text) => expect(canonicalEmail(text)).toBeNull());

  it('of 254 octets is the longest', () => {
    const longest = `${'a'.repeat(60)}@${`${'b'.repeat(60)}.`.repeat(3)}${'c'.repeat(10)}`;
    expect([longest.length, canonicalEmail(longest)]).toEqual([254, longest]);
  });

  it('is the same person, whichever way it is written', () => {
    const keys = ['Ada@Bücher.example', 'ada@xn--bcher-kva.EXAMPLE'].map(normaliseEmail);
    expect(keys).toEqual(['ada@xn--bcher-kva.example', 'ada@xn--bcher-kva.example']);
  });

  it('that is invalid never becomes a key: two of them are not one person', () => {
    for (const text of ['ada@xn--0.example', 'ada@xn--1.example'])
      expect(() => normaliseEmail(text)).toThrow(TypeError);
  });
});

test.each([
  ['Ada+news@Example.COM', 'ada@example.com'],
  ['ada+a+b@example.com', 'ada@example.com'],
  ['ada@bücher.example', 'ada@xn--bcher-kva.example'],
  ['+ada@example.com', '+ada@example.com'],
  ['a.da@example.com', 'a.da@example.com'],
])('mails to %s count for the mailbox %s', (address, mailbox) => {
  expect(mailboxOf(address)).toBe(mailbox);
});
