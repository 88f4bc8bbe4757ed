import type { LedgerAccount } from './ledger';

/**
 * `inquiry`: the bank inquires and has withdrawn nothing. `open`: the bank holds the amount until it decides. `won`:
 * the amount is the partner's again, or was never withdrawn. `lost`: the customer has the amount.
 */
export const disputeStandings = ['inquiry', 'open', 'won', 'lost'] as const;
export type DisputeStanding = (typeof disputeStandings)[number];

/** A customer's objection to a captured payment, raised with the bank. */
export interface Dispute {
  /** The gateway's id. */
  id: string;
  standing: DisputeStanding;
  /** The gateway's code, such as `fraudulent`. */
  reason: string;
  /** The part of the captured amount that the bank withdrew, in minor units; 0 before. */
  amountMinor: number;
  /** The time at which the gateway created the report that the standing comes from. */
  reportedAt: Date;
}

/** The account that holds the disputed amount. */
export const accountOfDispute: Readonly<Record<DisputeStanding, LedgerAccount>> = {
  inquiry: 'fulfilled',
  open: 'held',
  won: 'fulfilled',
  lost: 'refunded',
};

export interface DisputeAfterInput {
  /** As known so far; null for the first report. */
  known: Dispute | null;
  /** `amountMinor`: the disputed amount, in minor units of the payment's currency. */
  report: Dispute;
  /** The captured amount less refunds and other disputes, in minor units. */
  leftMinor: number;
}

/**
 * Returns the dispute after a report; null for a report that is older than the last one or says nothing new, so reports
 * may arrive late, twice and in any order. The amount is fixed when the bank withdraws it, and never exceeds the
 * remaining amount.
 */
export function disputeAfter({ known, report, leftMinor }: DisputeAfterInput): Dispute | null {
  const { standing, reportedAt } = report;
  if (known) {
    const elapsedMs = reportedAt.getTime() - known.reportedAt.getTime();
    const isLaterStanding = disputeStandings.indexOf(standing) > disputeStandings.indexOf(known.standing);
    if (known.standing === standing || elapsedMs < 0 || (elapsedMs === 0 && !isLaterStanding)) return null;
  }
  const isTaken = standing === 'open' || standing === 'lost';
  const fixedMinor = known?.amountMinor ?? 0;
  const amountMinor = fixedMinor === 0 && isTaken ? Math.min(report.amountMinor, leftMinor) : fixedMinor;
  return { ...report, amountMinor };
}

/** Returns the amounts that the bank holds (`open`) and that customers got by a lost dispute, in minor units. */
export function disputedFunds(disputes: readonly Dispute[]): { disputedMinor: number; lostMinor: number } {
  const sumOf = (wanted: DisputeStanding): number =>
    disputes.reduce((sum, { standing, amountMinor }) => sum + (standing === wanted ? amountMinor : 0), 0);
  return { disputedMinor: sumOf('open'), lostMinor: sumOf('lost') };
}
