import type { ActionRecord, Amount, CardRecord, LedgerRecord, OperationRecord } from './ledger-record';

export interface Authorisation {
  record: OperationRecord;
  state: 'requires_action' | 'authorised' | 'declined' | 'voided' | 'captured';
  reason?: string;
  capturedMinor: number;
  refundedMinor: number;
  /** Set once the customer has decided. */
  action?: ActionRecord;
}

/** One line of an account's statement, as `GET /v1/ledger` returns it. */
export interface LedgerItem {
  seq: number;
  recordedAt: string;
  at: string;
  account: string;
  operation: OperationRecord['operation'];
  outcome: OperationRecord['outcome'];
  reason?: string;
  id: string;
  authorisationId: string;
  idempotencyKey: string;
  reference?: string;
  amount: Amount;
}

export type GatewayState = ReturnType<typeof createGatewayState>;

/**
 * Returns the simulator's whole state, built from ledger records alone; an account never sees the records of another.
 */
export function createGatewayState() {
  const operations = new Map<string, OperationRecord>();
  const authorisations = new Map<string, Authorisation>();
  const actions = new Map<string, Authorisation>();
  const cards = new Map<string, CardRecord>();
  const items = new Map<string, LedgerItem[]>();
  const undelivered = new Map<number, LedgerItem>();
  const sizes = new Map<string, number>();
  let seq = 0;

  // Accounts, keys and tokens contain no space (see request-body.ts), so keys joined by a space are unambiguous.
  const scoped = (account: string, ...parts: string[]) => [account, ...parts].join(' ');

  const grow = (account: string) => sizes.set(account, (sizes.get(account) ?? 0) + 1);

  const addItem = (item: LedgerItem): LedgerItem => {
    const list = items.get(item.account) ?? [];
    list.push(item);
    items.set(item.account, list);
    grow(item.account);
    if (item.outcome !== 'rejected') undelivered.set(item.seq, item);
    return item;
  };

  const applyOperation = ({ customerId: _decided, description, ...rest }: OperationRecord): void => {
    // Texts are kept in memory only where they are shown again: on the customer's page.
    const record = rest.actionToken ? { ...rest, description } : rest;
    operations.set(scoped(record.account, record.key), record);
    if (record.operation === 'authorise') {
      const state = record.outcome as Authorisation['state'];
      const authorisation: Authorisation = { record, state, reason: record.reason, capturedMinor: 0, refundedMinor: 0 };
      authorisations.set(scoped(record.account, record.authorisationId), authorisation);
      if (record.actionToken) actions.set(record.actionToken, authorisation);
      return;
    }
    const authorisation = authorisations.get(scoped(record.account, record.authorisationId));
    if (!authorisation || record.outcome === 'rejected') return;
    if (record.operation === 'capture') {
      authorisation.state = 'captured';
      authorisation.capturedMinor = record.amount.amountMinor;
    } else if (record.operation === 'void') {
      authorisation.state = 'voided';
    } else {
      authorisation.refundedMinor += record.amount.amountMinor;
    }
  };

  const applyAction = (record: ActionRecord): LedgerItem | undefined => {
    const authorisation = authorisations.get(scoped(record.account, record.authorisationId));
    if (!authorisation) return undefined;
    const approved = record.decision === 'approve';
    authorisation.action = record;
    authorisation.state = approved ? 'authorised' : 'declined';
    authorisation.reason = approved ? undefined : 'authentication_failed';
    const { seq, recordedAt, at } = record;
    const { reason } = authorisation;
    return addItem({ ...itemOf(authorisation.record), seq, recordedAt, at, outcome: authorisation.state, reason });
  };

  const clearAccount = (account: string): void => {
    const mine = scoped(account, '');
    for (const map of [operations, authorisations, cards])
      for (const key of map.keys()) if (key.startsWith(mine)) map.delete(key);
    for (const [token, { record }] of actions) if (record.account === account) actions.delete(token);
    for (const [position, item] of undelivered) if (item.account === account) undelivered.delete(position);
    items.delete(account);
    sizes.delete(account);
  };

  return {
    /** Applies one record; returns the line that it adds to the statement, if any. */
    apply(record: LedgerRecord): LedgerItem | undefined {
      seq = record.seq;
      if (record.type === 'action') return applyAction(record);
      if (record.type === 'operation') {
        applyOperation(record);
        return addItem(itemOf(record));
      }
      if (record.type === 'card') {
        cards.set(scoped(record.account, record.paymentMethod, record.customerId), record);
        grow(record.account);
      } else if (record.type === 'reset') clearAccount(record.account);
      else undelivered.delete(record.eventSeq);
      return undefined;
    },
    nextSeq: () => seq + 1,
    /** Returns the number of calls, decisions and cards seen that an account holds. */
    sizeOf: (account: string) => sizes.get(account) ?? 0,
    operation: (account: string, key: string) => operations.get(scoped(account, key)),
    authorisation: (account: string, id: string) => authorisations.get(scoped(account, id)),
    authorisationByAction: (actionToken: string) => actions.get(actionToken),
    card: (account: string, paymentMethod: string, customerId: string) =>
      cards.get(scoped(account, paymentMethod, customerId)),
    /** Returns a page, oldest first; `next` is the start of the following page, null at the end. */
    page(account: string, from: number, limit: number): { items: LedgerItem[]; next: number | null } {
      const all = items.get(account) ?? [];
      const end = from + limit;
      return { items: all.slice(from, end), next: end < all.length ? end : null };
    },
    /** Returns the events whose delivery has not ended, oldest first; a rejected call makes no event. */
    undeliveredEvents: (): LedgerItem[] => [...undelivered.values()],
  };
}

function itemOf(record: OperationRecord): LedgerItem {
  const { seq, recordedAt, at, account, operation, outcome, reason, id, authorisationId, key, reference, amount } =
    record;
  return {
    seq,
    recordedAt,
    at,
    account,
    operation,
    outcome,
    reason,
    id,
    authorisationId,
    idempotencyKey: key,
    reference,
    amount,
  };
}
