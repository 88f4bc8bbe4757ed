import { ledgerAccounts, type LedgerAccount, type LedgerEvent } from '../../payments/ledger';
import { effectOf, movementOf, paymentEffectKinds, type PaymentEffectKind } from '../facts/payment-effects';
import type { PaymentEffect, PostingFact } from '../facts/payment-effects';
import type { SummaryEvent } from '../facts/summary-events';
import type { BucketFact, Moved } from './bucket';

export interface CountedEvent extends SummaryEvent {
  at: Date;
  recordedAt: Date;
}

export interface CountedPosting extends PostingFact {
  at: Date;
  /** Absent from lines of before the first report, which every report counts. */
  recordedAt?: Date;
}

/** The field of an event's data that its figure is broken down by. */
const details: Readonly<Record<string, 'reason' | 'standing'>> = {
  'payment.declined': 'reason',
  'subscription.cancelled': 'reason',
  'payment.disputed': 'standing',
};

/** Returns an event as it is counted. */
export function factOfEvent({ type, data, at, recordedAt }: CountedEvent): BucketFact {
  const field = details[type];
  const value = field === undefined ? null : data[field];
  const detail = typeof value === 'string' ? value : null;
  return { source: 'event', kind: type, detail, currency: null, at, recordedAt };
}

/** Returns the event that a count stands for, as far as figures read it. */
export const eventOfCount = ({ kind, detail }: Pick<BucketFact, 'kind' | 'detail'>): SummaryEvent => {
  const field = details[kind];
  return { type: kind, data: field === undefined || detail === null ? {} : { [field]: detail } };
};

/** The event of the ledger that each kind of posting is of. */
export const postingKinds: Readonly<Record<string, LedgerEvent>> = {
  authorise: 'authorise',
  void: 'void',
  capture: 'capture',
  refund: 'refund',
  refund_failed_late: 'refund_reversal',
  dispute: 'dispute',
  dispute_opened: 'dispute',
  dispute_won: 'dispute',
  dispute_lost: 'dispute',
};

const accounts = Object.keys(ledgerAccounts) as LedgerAccount[];
const BEFORE_ALL = new Date(0);

/** Returns a posting as it is counted: by the kind of its effect, or by its event where it moves no captured money. */
export function factOfPosting(posting: CountedPosting): BucketFact {
  const { event, lines, currency, at, recordedAt = BEFORE_ALL } = posting;
  const moved: Moved = {};
  for (const account of accounts) {
    const minor = movementOf(lines, account);
    if (minor !== 0) moved[account] = minor;
  }
  return { source: 'posting', kind: effectOf(posting)?.kind ?? event, detail: null, currency, at, recordedAt, moved };
}

/** Returns the effect that counted money stands for; null where it moved no captured money. */
export function effectOfCount({ kind, moved = {} }: { kind: string; moved?: Moved }): PaymentEffect | null {
  if (!(paymentEffectKinds as readonly string[]).includes(kind)) return null;
  const { captured: capturedMinor = 0, refunded: refundedMinor = 0, held: heldMinor = 0 } = moved;
  return {
    kind: kind as PaymentEffectKind,
    capturedMinor,
    refundedMinor,
    heldMinor,
    netMinor: capturedMinor - refundedMinor,
  };
}
