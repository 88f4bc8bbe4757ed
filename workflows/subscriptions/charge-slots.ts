import type { SubscriptionProgress } from '../../src/domain/subscriptions/subscription-progress';
import { ChargeTracker, type OpenCharge } from './charge-tracker';

/**
 * The slots in which a subscription is charged: one for its open invoice, and one for each change of plan whose payment
 * has no final outcome. The slots do not wait for each other.
 */
export class ChargeSlots {
  readonly period = new ChargeTracker();
  private readonly changes = new Map<string, ChargeTracker>();

  /** Returns the slot of the change with this invoice. */
  ofChange(invoiceId: string): ChargeTracker {
    const tracker = this.changes.get(invoiceId) ?? new ChargeTracker();
    this.changes.set(invoiceId, tracker);
    return tracker;
  }

  /** Returns every slot, with the open charge that the progress has for it. */
  all(progress: SubscriptionProgress | null): { slot: ChargeTracker; open: OpenCharge | null }[] {
    return [
      { slot: this.period, open: progress?.charge ?? null },
      ...[...this.changes].map(([invoiceId, slot]) => ({ slot, open: openChangeOf(progress, invoiceId) })),
    ];
  }

  /** True while a charge runs in a child. */
  get isCharging(): boolean {
    return this.trackers().some(({ current }) => current !== null);
  }

  /** True when the main loop must act on a charge. */
  get needsAttention(): boolean {
    return this.trackers().some(({ needsAttention }) => needsAttention);
  }

  /** Requests a query of every pending payment. */
  paymentReported(): void {
    for (const slot of this.trackers()) slot.paymentReported();
  }

  /** Voids every payment under way. */
  withdraw(): void {
    for (const slot of this.trackers()) slot.withdraw();
  }

  /** Replaces the payments under way by another payment method. */
  queryImmediately(): void {
    for (const slot of this.trackers()) slot.queryImmediately();
  }

  /** Forgets the slots of changes that are settled. */
  forgetSettled(progress: SubscriptionProgress): void {
    for (const [invoiceId, { current }] of this.changes)
      if (current === null && openChangeOf(progress, invoiceId) === null) this.changes.delete(invoiceId);
  }

  private trackers(): ChargeTracker[] {
    return [this.period, ...this.changes.values()];
  }
}

function openChangeOf(progress: SubscriptionProgress | null, invoiceId: string): OpenCharge | null {
  const { pendingChange = null, withdrawnCharges = [] } = progress ?? {};
  if (pendingChange?.invoiceId === invoiceId)
    return { status: pendingChange.status, until: pendingChange.paymentUntil };
  return withdrawnCharges.some((charge) => charge.invoiceId === invoiceId) ? { status: 'pending' } : null;
}
