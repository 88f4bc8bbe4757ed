import { linkExpiry, linkStateOf } from './link-expiry';

const from = new Date('2027-03-27T10:00:00Z');

it.each([
  ['P7D', '2027-04-03T10:00:00.000Z'],
  ['PT36H', '2027-03-28T22:00:00.000Z'],
  ['P30D', '2027-04-26T10:00:00.000Z'],
  ['P4W', '2027-04-24T10:00:00.000Z'],
])('a link for %s expires at %s', (expiresIn, expected) => {
  expect(linkExpiry({ expiresIn, from }).toISOString()).toBe(expected);
});

it.each(['P31D', 'P30DT1S', 'P1M', 'P999999999Y', 'P0D', 'PT0S', 'P', 'PT', 'P1.5D', '-P1D', 'P1S'])(
  'a link for %s is refused',
  (expiresIn) => {
    expect(() => linkExpiry({ expiresIn, from })).toThrow(
      expect.objectContaining({ code: 'LINK_EXPIRY_INVALID', pointer: '/expiresIn' }),
    );
  },
);

it.each([
  ['before its expiry', from, null, 'active'],
  ['at its expiry', new Date('2027-04-03T10:00:00Z'), null, 'expired'],
  ['revoked, whatever the time', from, from, 'revoked'],
])('a link is, %s, %#', (_when, now, revokedAt, expected) => {
  expect(linkStateOf({ expiresAt: new Date('2027-04-03T10:00:00Z'), revokedAt }, now)).toBe(expected);
});
