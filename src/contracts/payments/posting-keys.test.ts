import { eventTypes } from '../events';
import { postingKeyOf } from './posting-keys';

const payment = { entityId: 'pay_1', step: 'move/3', data: {} };
const ofRefund = { entityId: 'pay_1', step: 'refund/rfd_1/settled', data: { refundId: 'rfd_1' } };
const ofDispute = (standing: string) => ({
  entityId: 'pay_1',
  step: `dispute/dp_7/${standing}/1700000000000`,
  data: {},
});

it.each([
  ['payment.authorised', payment, 'pay_1:authorise:1'],
  ['payment.hold_found', payment, 'pay_1:authorise:1'],
  ['payment.captured', payment, 'pay_1:capture:1'],
  ['payment.cancelled', payment, 'pay_1:void:1'],
  ['payment.declined', payment, 'pay_1:void:1'],
  ['payment.failed', payment, 'pay_1:void:1'],
  ['payment.refund_succeeded', ofRefund, 'rfd_1:refund:1'],
  ['payment.refund_failed_late', ofRefund, 'rfd_1:refund:1:failed'],
  ['payment.disputed', ofDispute('open'), 'dp_7:open:1700000000000'],
  ['payment.dispute_closed', ofDispute('lost'), 'dp_7:lost:1700000000000'],
])('the step of %s posts under the key that the gateway or the bank knows', (type, about, key) => {
  expect(eventTypes).toContain(type);
  expect(postingKeyOf({ type, ...about })).toBe(key);
});

it('the steps of other events post nothing, those of the refund beside its payment among them', () => {
  for (const type of ['payment.capturing', 'refund.succeeded', 'refund.failed_late', 'user.changed'])
    expect(postingKeyOf({ type, ...ofRefund })).toBeNull();
});
