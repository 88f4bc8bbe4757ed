import { ApplicationFailure } from '@temporalio/common';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { refusalIn } from './send-command';

const refused = (message: string, type?: string, details: unknown[] = []) =>
  refusalIn({
    error: new WorkflowUpdateFailedError('failed', ApplicationFailure.nonRetryable(message, type, ...details)),
    entityType: 'payment',
  });

describe('the refusal of a workflow', () => {
  it.each(['The payment is captured', 'The payment is being undone already'])('%s: says how to continue', (message) => {
    expect(refused(message, 'ILLEGAL_STATE')).toMatchObject({
      code: 'ILLEGAL_STATE',
      message: `${message}. Read the payment for its state, then send a new request with a new Idempotency-Key.`,
    });
  });

  it('continues a message that ends with a full stop without a second one', () => {
    expect(refused('The subscription is cancelled.', 'ILLEGAL_STATE')?.message).toMatch(
      /^The subscription is cancelled\. Read /,
    );
  });

  it('keeps the message of a refusal that says how to continue', () => {
    expect(refused('Wait an hour.', 'RESEND_LIMIT', [{ retryAfterMs: 1500 }])).toMatchObject({
      code: 'RESEND_LIMIT',
      message: 'Wait an hour.',
      details: { retryAfterSeconds: 2 },
    });
  });
});
