import { exponentOf } from '../currencies';
import { DomainError } from '../domain-error';
import type { Money } from '../money';

export const fraudDecisions = ['allow', 'review', 'deny'] as const;
export type FraudDecision = (typeof fraudDecisions)[number];

/** From `review` on a person decides, from `deny` on the payment is declined. */
export interface FraudLimit {
  review: number;
  deny: number;
}

export interface FraudRules {
  /** Major units of a currency worth about a dollar; scaled for currencies worth far less. */
  amountMajor: FraudLimit;
  paymentsPerHour: FraudLimit;
  paymentsPerDay: FraudLimit;
  /** Many declines in an hour suggest that somebody is trying out stolen cards. */
  declinesPerHour: FraudLimit;
  denyList: readonly DenyListEntry[];
}

export interface DenyListEntry {
  kind: 'customer' | 'payment_method' | 'card_fingerprint' | 'country';
  value: string;
  /** For the reviewer. */
  reason: string;
}

/** The payer's facts that a partner may put on a deny list. */
export const deniableKinds = ['customer', 'payment_method'] as const satisfies readonly DenyListEntry['kind'][];
export type PartnerDenyListEntry = DenyListEntry & { kind: (typeof deniableKinds)[number] };

export const MAX_DENY_LIST_ENTRIES = 500;

/**
 * Returns the list, trimmed. Throws `DENY_LIST_INVALID`, pointing at the entry, for an empty or repeated entry, and for
 * too many.
 */
export function requireDenyList(
  denyList: readonly PartnerDenyListEntry[],
  pointer = '/denyList',
): PartnerDenyListEntry[] {
  if (denyList.length > MAX_DENY_LIST_ENTRIES) {
    throw new DomainError(
      'DENY_LIST_INVALID',
      `denyList has ${denyList.length} entries: send ${MAX_DENY_LIST_ENTRIES} at most.`,
      { pointer },
    );
  }
  const known = new Map<string, number>();
  return denyList.map(({ kind, value, reason }, index) => {
    const refuse = (detail: string) =>
      new DomainError('DENY_LIST_INVALID', detail, { pointer: `${pointer}/${index}/value` });
    const key = `${kind} ${plain(value)}`;
    const earlier = known.get(key);
    if (plain(value) === '') throw refuse('value is empty: send the id or token that is to be denied.');
    if (earlier !== undefined)
      throw refuse(
        `value is on the list already, at ${pointer}/${earlier} (compared after NFKC, without case): send it once.`,
      );
    known.set(key, index);
    return { kind, value: value.trim(), reason: reason.trim() };
  });
}

export const defaultFraudRules: FraudRules = {
  amountMajor: { review: 10_000, deny: 100_000 },
  paymentsPerHour: { review: 20, deny: 60 },
  paymentsPerDay: { review: 100, deny: 300 },
  declinesPerHour: { review: 5, deny: 15 },
  denyList: [],
};

/** The payer's history. No count includes the present payment. */
export interface FraudFacts {
  amount: Money;
  /** Null for a payment without a customer, whose payments cannot be counted. */
  velocity: { paymentsLastHour: number; paymentsLastDay: number; declinesLastHour: number } | null;
  subjects: readonly Pick<DenyListEntry, 'kind' | 'value'>[];
}

export interface FraudReason {
  rule: 'amount' | 'payments_per_hour' | 'payments_per_day' | 'declines_per_hour' | 'deny_list';
  decision: 'review' | 'deny';
  /** Includes the figures and limits that decided: kept as evidence, not shown to partners. */
  detail: string;
}

/**
 * Returns the description of a reason for a partner, without the limits: a thief would learn how far stolen cards go.
 * For the deny list these are the partner's own words.
 */
export function partnerDetailOf({ rule, detail }: { rule: string; detail: string }): string {
  return partnerDetails[rule] ?? detail;
}

const partnerDetails: Readonly<Record<string, string>> = {
  amount: 'The amount is unusually high.',
  payments_per_hour: 'The customer has paid unusually often within an hour.',
  payments_per_day: 'The customer has paid unusually often within a day.',
  declines_per_hour: 'Unusually many payments of the customer were declined within an hour.',
} satisfies Record<Exclude<FraudReason['rule'], 'deny_list'>, string>;

export interface FraudAssessment {
  /** The strictest of the reasons; `allow` without any. */
  decision: FraudDecision;
  reasons: FraudReason[];
}

/** Judges a payment by amount, velocity and deny list, and returns every reason against allowing it. */
export function assessFraud({
  facts,
  rules = defaultFraudRules,
}: {
  facts: FraudFacts;
  rules?: FraudRules;
}): FraudAssessment {
  const reasons = [...amountReasons(facts, rules), ...velocityReasons(facts, rules), ...denyListReasons(facts, rules)];
  const decision = reasons.some((reason) => reason.decision === 'deny')
    ? 'deny'
    : reasons.length > 0
      ? 'review'
      : 'allow';
  return { decision, reasons };
}

function judge(rule: FraudReason['rule'], value: number, { review, deny }: FraudLimit, what: string): FraudReason[] {
  if (value < review) return [];
  const decision = value >= deny ? 'deny' : 'review';
  return [{ rule, decision, detail: `${what}: ${value}, ${decision} from ${decision === 'deny' ? deny : review}.` }];
}

function amountReasons({ amount }: FraudFacts, { amountMajor }: FraudRules): FraudReason[] {
  const scale = (roughUnitsPerDollar[amount.currency] ?? 1) * 10 ** exponentOf(amount.currency);
  const limit = { review: amountMajor.review * scale, deny: amountMajor.deny * scale };
  return judge('amount', amount.amountMinor, limit, `Amount in minor units of ${amount.currency}`);
}

function velocityReasons({ velocity }: FraudFacts, rules: FraudRules): FraudReason[] {
  if (!velocity) return [];
  return [
    ...judge(
      'payments_per_hour',
      velocity.paymentsLastHour + 1,
      rules.paymentsPerHour,
      'Payments of this customer within an hour',
    ),
    ...judge(
      'payments_per_day',
      velocity.paymentsLastDay + 1,
      rules.paymentsPerDay,
      'Payments of this customer within a day',
    ),
    ...judge(
      'declines_per_hour',
      velocity.declinesLastHour,
      rules.declinesPerHour,
      'Declined payments of this customer within an hour',
    ),
  ];
}

function denyListReasons({ subjects }: FraudFacts, { denyList }: FraudRules): FraudReason[] {
  return denyList
    .filter(({ kind, value }) =>
      subjects.some((subject) => subject.kind === kind && plain(subject.value) === plain(value)),
    )
    .map(({ kind, reason }) => ({
      rule: 'deny_list',
      decision: 'deny',
      detail: `The ${kind.replace('_', ' ')} is on the deny list: ${reason}`,
    }));
}

/**
 * Returns the form in which two values are compared: after NFKC (full-width or ligature, composed or not) and without
 * regard to case.
 */
function plain(value: string): string {
  return value.normalize('NFKC').toLowerCase().normalize('NFKC').trim();
}

/**
 * The order of magnitude of a dollar's value, for currencies worth far less than one dollar. A threshold for attention,
 * not an exchange rate: right within a factor of about three, which is enough for a limit.
 */
const roughUnitsPerDollar: Readonly<Record<string, number>> = {
  ...tens(
    10,
    'BOB BRL BWP CNY CUP CZK DKK ERN GHS GTQ HKD HNL LSL MAD MDL MOP MVR MXN NAD NOK SCR SEK SLE STN SZL ' +
      'TJS TTD TWD UYI ZAR ZMW ZWG',
  ),
  ...tens(
    100,
    'AFN ALL BDT BTN CVE DJF DOP DZD EGP ETB GMD GYD HTG HUF INR ISK JMD JPY KES KGS LKR LRD MKD MRU MUR ' +
      'MZN NIO NPR PHP PKR RSD',
  ),
  ...tens(100, 'RUB SRD SYP THB TRY UAH UYU VED VES VUV XPF YER'),
  ...tens(1_000, 'AMD AOA ARS BIF CDF CLP CRC IQD KMF KPW KRW KZT MMK MNT MWK NGN RWF SDG SOS SSP TZS XAF XOF'),
  ...tens(10_000, 'COP GNF IDR KHR LAK MGA PYG UGX UZS VND'),
  ...tens(100_000, 'IRR LBP'),
};

function tens(units: number, codes: string): Record<string, number> {
  return Object.fromEntries(codes.split(' ').map((code) => [code, units]));
}
