import { amountStepOf } from './amount-step';
import { tenantIdOf } from './tenant';

const [live, sandbox] = (['live', 'sandbox'] as const).map((mode) => tenantIdOf({ partnerId: 'prt_1', mode })) as [
  string,
  string,
];

test.each(['BHD', 'JOD', 'KWD', 'OMR', 'TND'])(
  'Stripe accepts %s to the nearest ten of its three-decimal minor units',
  (currency) => {
    expect(amountStepOf({ tenantId: live, currency })).toBe(10);
  },
);

test('Stripe counts MGA in whole ariary, of a hundred of our minor units', () => {
  expect(amountStepOf({ tenantId: live, currency: 'MGA' })).toBe(100);
});

test.each(['EUR', 'JPY', 'ISK', 'UGX', 'HUF', 'TWD'])(
  'Stripe accepts every whole number of minor units of %s',
  (currency) => {
    expect(amountStepOf({ tenantId: live, currency })).toBe(1);
  },
);

test('the simulated gateway accepts every amount', () => {
  for (const currency of ['KWD', 'MGA', 'EUR']) expect(amountStepOf({ tenantId: sandbox, currency })).toBe(1);
});
