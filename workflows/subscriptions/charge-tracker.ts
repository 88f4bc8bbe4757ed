import { QUERY_RENEWAL_AFTER_MS } from '../../src/contracts/payments/payment';
import type { SubscriptionProgress } from '../../src/domain/subscriptions/subscription-progress';
import type { Charging } from './charging';

/** Tracks the charge under way, and when a payment without a final result is queried again. */
export class ChargeTracker {
  /** The charge under way in a child. */
  current: Charging | null = null;
  /** When a pending payment is queried, or a charge that runs elsewhere is tried again (ms). */
  queryAtMs = 0;
  private queries = 0;
  /** How often in a row the charge was found under way in a child of an earlier run. */
  private timesElsewhere = 0;
  private wakeUp = false;

  /** True while a charge runs, here or in a child of an earlier run, which may move the subscription any moment. */
  get isRunning(): boolean {
    return this.current !== null || this.timesElsewhere > 0;
  }

  /** True when the main loop has something to do about the charge. */
  get needsAttention(): boolean {
    return this.current ? this.current.settled : this.wakeUp;
  }

  /** The charge under way has ended. A payment that is still pending is queried again after a growing wait. */
  ended(charge: SubscriptionProgress['charge']): void {
    this.current = null;
    this.timesElsewhere = 0;
    if (charge?.status !== 'pending') {
      this.queries = 0;
      this.queryAtMs = 0;
      return;
    }
    this.queries += 1;
    // No later than the payment's deadline, at which it is given up.
    const deadlineMs = Date.parse(charge.until ?? '');
    this.queryAtMs = Math.min(queryAgainAtMs(this.queries), deadlineMs > Date.now() ? deadlineMs : Infinity);
  }

  /** The child of an earlier run still charges. The charge is tried again after a growing wait. */
  endedElsewhere(): void {
    this.current = null;
    this.timesElsewhere += 1;
    this.queryAtMs = queryAgainAtMs(this.timesElsewhere);
  }

  /** Has a pending payment queried immediately, or as soon as the charge under way has ended. */
  paymentReported(): void {
    this.wakeUp = true;
  }

  /** Acts on a wake-up unless a charge is under way. */
  takeWakeUp(charge: SubscriptionProgress['charge']): void {
    if (!this.wakeUp || this.current) return;
    this.wakeUp = false;
    if (charge?.status === 'pending') this.queryAtMs = Date.now();
  }

  /** Voids the payment under way: by the child that charges, or by a query where the child cannot or none runs. */
  withdraw(): void {
    this.current?.withdraw();
    this.paymentReported();
  }

  /** Replaces the payment under way: it is queried immediately, found unwanted, and voided. */
  queryImmediately(): void {
    this.queryAtMs = Date.now();
    this.paymentReported();
  }
}

function queryAgainAtMs(times: number): number {
  return Date.now() + QUERY_RENEWAL_AFTER_MS[Math.min(times, QUERY_RENEWAL_AFTER_MS.length) - 1]!;
}
