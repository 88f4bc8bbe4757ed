/** The operations of the gateway that move money or a hold. */
export type Operation = 'authorise' | 'capture' | 'void' | 'refund';

export type Outcome =
  | 'authorised'
  | 'requires_action'
  | 'declined'
  | 'captured'
  | 'voided'
  | 'refunded'
  /** The request was valid but broke a rule (over-capture, over-refund, …): no money moved. */
  | 'rejected';

/** Integer minor units (JPY has none, KWD three) and an ISO 4217 code. */
export interface Amount {
  amountMinor: number;
  currency: string;
}

interface Recorded {
  /** Position in the ledger, from 1, without gaps. */
  seq: number;
  /** Real time of recording, ISO 8601. Business time is `at`. */
  recordedAt: string;
  account: string;
}

/** One decided call. Its response derives from this record alone, so a repeat gets the same response for ever. */
export interface OperationRecord extends Recorded {
  type: 'operation';
  operation: Operation;
  outcome: Outcome;
  reason?: string;
  key: string;
  fingerprint: string;
  id: string;
  authorisationId: string;
  amount: Amount;
  at: string;
  paymentMethod?: string;
  customerId?: string;
  reference?: string;
  description?: string;
  actionToken?: string;
}

/** The customer pressed a button on the page of an authorisation that required action. */
export interface ActionRecord extends Recorded {
  type: 'action';
  authorisationId: string;
  decision: 'approve' | 'decline';
  at: string;
}

/** The first use of a card whose behaviour depends on that time. */
export interface CardRecord extends Recorded {
  type: 'card';
  paymentMethod: string;
  customerId: string;
  at: string;
}

/** The end of one event's delivery. An event without this record is still undelivered. */
export interface WebhookRecord extends Recorded {
  type: 'webhook';
  eventSeq: number;
  outcome: 'delivered' | 'abandoned';
}

/** Invalidates all earlier records of the account, which continues empty. The lines themselves stay in the file. */
export interface ResetRecord extends Recorded {
  type: 'reset';
}

export type LedgerRecord = OperationRecord | ActionRecord | CardRecord | WebhookRecord | ResetRecord;
type WithoutPosition<R> = R extends Recorded ? Omit<R, 'seq' | 'recordedAt'> : never;
export type NewRecord = WithoutPosition<LedgerRecord>;
