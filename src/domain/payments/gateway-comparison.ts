import type { Money } from '../money';

/** A line of the gateway's books that moved something. */
export interface GatewayLine {
  /** The idempotency key of the call. */
  key: string;
  event: 'authorise' | 'capture' | 'void' | 'refund';
  authorisationId: string;
  amountMinor: number;
  currency: string;
}

/** One of our own postings, with the facts that the gateway can know too. */
export interface OwnLine {
  key: string;
  event: GatewayLine['event'];
  amountMinor: number;
  currency: string;
}

export interface CompareWithGatewayInput {
  theirs: readonly GatewayLine[];
  ours: readonly OwnLine[];
  /** The amount that each of our calls asked for, under its key. A line under any other key is foreign. */
  asked: ReadonlyMap<string, Money>;
  /** The payments and refunds that have not ended: our books may not have the gateway's latest results for them yet. */
  unsettled: ReadonlySet<string>;
  /**
   * The payments whose undoing an operator waived: our books end their hold, but the gateway may still hold the money.
   */
  waived: ReadonlySet<string>;
}

export interface GatewayDifference {
  key: string;
  /** In minor units with their currency; null where that side has no such line. */
  ours: string | null;
  theirs: string | null;
  detail: string;
}

export interface GatewayComparison {
  differences: GatewayDifference[];
  /** Lines that no call of ours made. */
  foreign: GatewayLine[];
}

/**
 * Compares our books with the gateway's own, item by item under the key that both carry. Returns empty lists when they
 * agree: nothing lost, nothing doubled, nothing charged that is not booked or not asked for, nothing booked that was
 * not charged.
 */
export function compareWithGateway(input: CompareWithGatewayInput): GatewayComparison {
  const { theirs, ours, asked, unsettled, waived } = input;
  const differences: GatewayDifference[] = [];
  const foreign: GatewayLine[] = [];
  const booked = new Map(ours.map((line) => [line.key, line]));
  const held = new Set(
    theirs.filter(({ event }) => event === 'authorise').map(({ authorisationId }) => authorisationId),
  );
  const seen = new Set<string>();
  for (const line of theirs) {
    const { key, event, authorisationId } = line;
    const own = booked.get(key);
    const report = (detail: string): unknown =>
      differences.push({ key, ours: own ? amountOf(own) : null, theirs: amountOf(line), detail });
    if (seen.has(key)) report(`the gateway did it twice (${event})`);
    seen.add(key);
    if (own) {
      if (amountOf(own) !== amountOf(line)) report('the amounts differ');
      continue;
    }
    const wanted = asked.get(key);
    if (!wanted) {
      foreign.push(line);
      continue;
    }
    // A void of an authorisation that was never held moves nothing.
    if (event === 'void' && !held.has(authorisationId)) continue;
    if (!unsettled.has(entityOf(key))) report(`the gateway has it (${event}), our books do not`);
    else if (amountOf(wanted) !== amountOf(line)) report(`we asked for ${amountOf(wanted)} (${event})`);
  }
  for (const line of ours) {
    const isWaived = line.event === 'void' && waived.has(entityOf(line.key));
    if (!seen.has(line.key) && !isWaived)
      differences.push({
        key: line.key,
        ours: amountOf(line),
        theirs: null,
        detail: 'our books have it, the gateway does not',
      });
  }
  return { differences, foreign };
}

const amountOf = ({ amountMinor, currency }: Money): string => `${amountMinor} ${currency}`;

/** Returns the id of the payment or refund that a key begins with. */
export const entityOf = (key: string): string => key.slice(0, key.indexOf(':'));
