import type { Authorisation } from './gateway-state';
import type { OperationRecord } from './ledger-record';

export interface CallResponse {
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

/** Returns the response to the call that made the record: always the same, since it depends on nothing else. */
export function responseOf(record: OperationRecord, publicUrl: string): CallResponse {
  const { id, authorisationId, operation, outcome: status, reason, amount, reference, actionToken, at } = record;
  const nextAction = actionToken ? { type: 'redirect', url: `${publicUrl}/actions/${actionToken}` } : undefined;
  return {
    status: STATUS[status],
    body: { id, authorisationId, operation, status, reason, amount, reference, nextAction, at },
  };
}

/**
 * Returns the present result of the call recorded under a key; unlike the first response it includes the customer's
 * later decision.
 */
export function currentResultOf(
  record: OperationRecord,
  authorisation: Authorisation | undefined,
  publicUrl: string,
): object {
  const { body } = responseOf(record, publicUrl);
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
