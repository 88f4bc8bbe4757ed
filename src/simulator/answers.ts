import type { Authorisation } from './gateway-state';
import type { OperationRecord } from './ledger-record';

export interface Answer {
  status: number;
  body: object;
}

const STATUS = {
  authorised: 201,
  requires_action: 201,
  captured: 201,
  voided: 201,
  refunded: 201,
  declined: 402,
  rejected: 409,
} as const;

/** The answer to the call a record was made for: always the same, since it reads nothing else. */
export function answerOf(record: OperationRecord, publicUrl: string): Answer {
  const { id, authorisationId, operation, outcome: status, reason, amount, reference, actionToken, at } = record;
  const nextAction = actionToken ? { type: 'redirect', url: `${publicUrl}/actions/${actionToken}` } : undefined;
  return {
    status: STATUS[status],
    body: { id, authorisationId, operation, status, reason, amount, reference, nextAction, at },
  };
}

/**
 * How the call recorded under a key stands *now*: unlike its first answer this knows what the customer decided since.
 */
export function standingOf(
  record: OperationRecord,
  authorisation: Authorisation | undefined,
  publicUrl: string,
): object {
  const { body } = answerOf(record, publicUrl);
  if (!authorisation) return body;
  const { state, capturedMinor, refundedMinor, action } = authorisation;
  const totals = { state, capturedMinor, refundedMinor };
  if (record.outcome !== 'requires_action' || state === 'requires_action') return { ...body, authorisation: totals };
  const settled =
    action?.decision === 'approve'
      ? { status: 'authorised' }
      : { status: 'declined', reason: authorisation.reason ?? 'voided' };
  return { ...body, ...settled, nextAction: undefined, authorisation: totals };
}
