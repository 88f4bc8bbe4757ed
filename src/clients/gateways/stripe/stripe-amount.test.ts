import { fromStripeAmount, toStripeAmount } from './stripe-amount';

test.each([
  ['EUR', 1050, 1050],
  ['JPY', 500, 500],
  ['KWD', 1230, 1230],
  ['ISK', 500, 50_000],
  ['UGX', 7, 700],
  ['MGA', 300, 3],
])("%s: %i of our minor units are %i of Stripe's, and back", (currency, amountMinor, amount) => {
  expect(toStripeAmount({ amountMinor, currency })).toEqual({ amount, currency: currency.toLowerCase() });
  expect(fromStripeAmount(amount, currency.toLowerCase())).toEqual({ amountMinor, currency });
});

test.each([
  ['KWD', 1234],
  ['MGA', 301],
  ['ISK', Number.MAX_SAFE_INTEGER],
])('%s %i cannot be expressed', (currency, amountMinor) => {
  expect(toStripeAmount({ amountMinor, currency })).toBeUndefined();
});
