import { gatewayKey } from './payment';

/** The part of an event by which the postings of its step are known. */
export interface PostingEvent {
  type: string;
  entityId: string;
  step: string;
  data: { refundId?: unknown };
}

const ofPayment =
  (call: 'authorise' | 'capture' | 'void') =>
  ({ entityId }: PostingEvent): string =>
    gatewayKey(entityId, call);
const ofRefund = ({ data: { refundId } }: PostingEvent): string => gatewayKey(String(refundId), 'refund');
/** The steps of a dispute are `dispute/<id>/<standing>/<time>`, and their postings `<id>:<standing>:<time>`. */
const ofDispute = ({ step }: PostingEvent): string => step.slice('dispute/'.length).replaceAll('/', ':');

const keyOf: Readonly<Record<string, (event: PostingEvent) => string>> = {
  'payment.authorised': ofPayment('authorise'),
  'payment.hold_found': ofPayment('authorise'),
  'payment.captured': ofPayment('capture'),
  'payment.declined': ofPayment('void'),
  'payment.failed': ofPayment('void'),
  'payment.cancelled': ofPayment('void'),
  'payment.refund_succeeded': ofRefund,
  'payment.refund_failed_late': (event) => `${ofRefund(event)}:failed`,
  'payment.disputed': ofDispute,
  'payment.dispute_closed': ofDispute,
};

/**
 * Returns the key of the posting that the step of an event writes, where the step posts anything; null for an event
 * whose step never does. No two events have the same key, so that each posting belongs to one event.
 */
export const postingKeyOf = (event: PostingEvent): string | null => keyOf[event.type]?.(event) ?? null;
