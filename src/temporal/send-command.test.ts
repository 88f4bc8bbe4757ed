import { ApplicationFailure } from '@temporalio/common';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { refusalIn } from './send-command';

const refused = (message: string, type?: string, details: unknown[] = []) =>
  refusalIn({
    error: new WorkflowUpdateFailedError('failed', ApplicationFailure.nonRetryable(message, type, ...details)),
    entityType: 'payment',
  });

describe('what a process refused', () => {
  it.each(['The payment is captured', 'The payment is being undone already'])(
    '%s: with what to do about it',
    (message) => {
      expect(refused(message, 'ILLEGAL_STATE')).toMatchObject({
        code: 'ILLEGAL_STATE',
        message:
          `${message}: read the payment for where it stands now, ` +
          'and send what is still wanted with a new Idempotency-Key.',
      });
    },
  );

  it('keeps the words of a refusal that has its own remedy', () => {
    expect(refused('Wait an hour.', 'RESEND_LIMIT', [{ retryAfterMs: 1500 }])).toMatchObject({
      code: 'RESEND_LIMIT',
      message: 'Wait an hour.',
      details: { retryAfterSeconds: 2 },
    });
  });
});
