import { ledgerAccounts, type LedgerAccount, type LedgerEvent, type LedgerLine } from '../../payments/ledger';

/** The postings that move captured money. Holds and their ends, `authorise` and `void`, move none. */
export const moneyEvents = ['capture', 'refund', 'refund_reversal', 'dispute'] as const satisfies LedgerEvent[];

export const paymentEffectKinds = [
  'capture',
  'refund',
  'refund_failed_late',
  'dispute_opened',
  'dispute_won',
  'dispute_lost',
] as const;
export type PaymentEffectKind = (typeof paymentEffectKinds)[number];

/** The part of a posting that reports read. */
export interface PostingFact {
  event: LedgerEvent;
  currency: string;
  lines: readonly LedgerLine[];
}

/** The movement of captured money by one posting, in minor units. */
export interface PaymentEffect {
  kind: PaymentEffectKind;
  /** The movements of three accounts, positive where the account grows. */
  capturedMinor: number;
  refundedMinor: number;
  heldMinor: number;
  /** Captured less refunded. */
  netMinor: number;
}

/** Returns the movement of captured money by a posting; null for a posting of a hold. */
export function effectOf({ event, lines }: PostingFact): PaymentEffect | null {
  const kind = kindOf(event, lines);
  if (kind === null) return null;
  const [capturedMinor, refundedMinor, heldMinor] = [
    movementOf(lines, 'captured'),
    movementOf(lines, 'refunded'),
    movementOf(lines, 'held'),
  ];
  return { kind, capturedMinor, refundedMinor, heldMinor, netMinor: capturedMinor - refundedMinor };
}

function kindOf(event: LedgerEvent, lines: readonly LedgerLine[]): PaymentEffectKind | null {
  switch (event) {
    case 'capture':
    case 'refund':
      return event;
    case 'refund_reversal':
      return 'refund_failed_late';
    case 'dispute':
      return disputeKinds[lines.find(({ side }) => side === 'credit')?.account ?? 'fulfilled'] ?? null;
    default:
      return null;
  }
}

/** The outcome of a dispute by the account that the money moved to. */
const disputeKinds: Readonly<Partial<Record<LedgerAccount, PaymentEffectKind>>> = {
  held: 'dispute_opened',
  fulfilled: 'dispute_won',
  refunded: 'dispute_lost',
};

/** Returns the movement of an account by lines, positive on the side on which the account grows. */
export const movementOf = (lines: readonly LedgerLine[], account: LedgerAccount): number =>
  lines.reduce((sum, line) => {
    if (line.account !== account) return sum;
    return sum + (line.side === ledgerAccounts[account] ? line.amountMinor : -line.amountMinor);
  }, 0);
