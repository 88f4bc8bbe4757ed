import { isCountry } from './country';

const twoCapitals = Array.from({ length: 26 * 26 }, (_, index) =>
  String.fromCharCode(65 + Math.floor(index / 26), 65 + (index % 26)),
);

it.each(['DE', 'GB', 'US'])('%j is a country of ISO 3166-1', (code) => expect(isCountry(code)).toBe(true));

it.each(['XX', 'UK', 'EU', 'de', 'DEU', '', 'D E'])('%j is no country of ISO 3166-1', (code) =>
  expect(isCountry(code)).toBe(false),
);

it('knows the 249 assigned codes', () => expect(twoCapitals.filter(isCountry)).toHaveLength(249));
