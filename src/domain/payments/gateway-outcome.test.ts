import { paymentAfter, paymentAfterSilence } from './gateway-outcome';

describe('a status that the gateway reports', () => {
  test.each([
    ['unknown/authorise', 'authorised', 'authorised'],
    ['unknown/authorise', 'not_found', 'authorising'],
    ['unknown/authorise', 'declined', 'declined'],
    ['unknown/capture', 'captured', 'captured'],
    ['unknown/capture', 'authorised', 'capturing'],
    ['unknown/void', 'voided', 'cancelled'],
    ['unknown/void', 'captured', 'captured'],
    ['requires_action', 'authorised', 'authorised'],
  ] as const)('settles %s on the report %s as %s', (position, status, next) => {
    expect(paymentAfter({ position, status })).toBe(next);
  });

  test('a void that undid a fault ends as failed', () => {
    expect(paymentAfter({ position: 'unknown/void', status: 'voided', voidEndsAs: 'failed' })).toBe('failed');
  });

  test.each([
    ['captured', 'authorised'],
    ['capturing', 'authorised'],
    ['captured', 'captured'],
    ['cancelled', 'captured'],
    ['refunded', 'captured'],
    ['unknown/void', 'authorised'],
    ['unknown/capture', 'not_found'],
    ['accepted', 'captured'],
  ] as const)('%s stays when %s is reported late or twice', (position, status) => {
    expect(paymentAfter({ position, status })).toBeNull();
  });

  test('a silent call is unknown only where that call can be under way', () => {
    expect(paymentAfterSilence({ position: 'capturing', call: 'capture' })).toBe('unknown/capture');
    expect(paymentAfterSilence({ position: 'unknown/capture', call: 'capture' })).toBeNull();
    expect(paymentAfterSilence({ position: 'validating', call: 'authorise' })).toBeNull();
    expect(paymentAfterSilence({ position: 'captured', call: 'void' })).toBeNull();
  });
});
