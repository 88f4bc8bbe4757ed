/** A document as the driver writes it. */
export type SeedDocument = Record<string, unknown> & { _id?: unknown };

/** Documents that the API made, of which the seeds are copies, by collection. */
export type Templates = Record<
  'users' | 'onboardings' | 'payments' | 'plans' | 'subscriptions' | 'events' | 'partners' | 'api_keys',
  SeedDocument
>;

export interface ListDocumentsInput {
  tenantId: string;
  /** Documents of each collection; a multiple of 20. */
  count: number;
  /** Differs between two seeds of one database: 0–99. */
  salt: number;
  templates: Templates;
  /** Values of the enum of openapi.yaml, by collection. */
  states: Record<string, readonly string[]>;
}

/** The values that requests filter by: these have 20 documents each, those of an enum their share. */
export const samples = {
  text: 'sample',
  email: 'sample@example.com',
  user: 'usr_01m7y3ad3af6e964zt6px52w8e',
  plan: 'pln_01m7y3ad3af6e964zt6px52w8e',
  createdAfter: '2026-07-01T00:00:00.000Z',
  createdBefore: '2026-08-01T00:00:00.000Z',
} as const;

const FIRST = Date.parse('2026-06-01T00:00:00.000Z');
const LAST = Date.parse('2026-09-01T00:00:00.000Z');

/** Returns the creation time of the document at an index: all of them are spread over three months. */
export const seedTimeOf = (index: number, count: number): Date =>
  new Date(FIRST + Math.floor(((LAST - FIRST) * index) / count));

/** Returns true for 20 of the documents; another 20 for another offset. */
export const isSampleOf = (index: number, count: number, offset = 0): boolean => index % (count / 20) === offset;

/** Documents of each kind that belong to an entity of the templates, whose lists are requested by its path. */
const OWN = 60;

/**
 * Returns the document at an index of each collection that the API lists, spread over three months. Runs in Node
 * itself too: it imports nothing.
 */
export function listDocuments(input: ListDocumentsInput): Record<string, (index: number) => SeedDocument> {
  const { tenantId, count, salt, templates, states } = input;
  const idOf = (prefix: string, index: number): string =>
    `${prefix}_01${String(salt).padStart(2, '0')}${String(index).padStart(22, '0')}`;
  const pick = (index: number, sample: string, other: string): string => (isSampleOf(index, count) ? sample : other);
  const common = (prefix: string, index: number): SeedDocument => {
    const at = seedTimeOf(index, count);
    return { _id: idOf(prefix, index), tenantId, version: 1, correlationId: 'seed', createdAt: at, updatedAt: at };
  };
  const stateOf = (collection: string, index: number): string => {
    const known = states[collection] ?? [];
    return known[index % known.length] ?? 'none';
  };
  const person = (index: number): SeedDocument => {
    const email = pick(index, samples.email, `u${index}@example.com`);
    return { email, emailKey: email };
  };
  const ownerOf = (index: number, own: SeedDocument, prefix: string): unknown =>
    index < OWN ? own._id : idOf(prefix, 1_000_000 + Math.floor(index / 10));
  const money = { amountMinor: 500, currency: 'EUR' };

  return {
    users: (index) => ({
      ...templates.users,
      ...common('usr', index),
      ...person(index),
      state: stateOf('users', index),
      onboardingId: idOf('onb', index),
    }),
    onboardings: (index) => ({
      ...templates.onboardings,
      ...common('onb', index),
      ...person(index),
      state: stateOf('onboardings', index),
      userId: pick(index, samples.user, idOf('usr', index)),
    }),
    payments: (index) => ({
      ...templates.payments,
      ...common('pay', index),
      state: stateOf('payments', index),
      customerId: pick(index, samples.text, `customer-${index}`),
      orderRef: pick(index, samples.text, `order-${index}`),
    }),
    refunds: (index) => ({
      ...common('rfd', index),
      state: stateOf('refunds', index),
      chain: null,
      paymentId: ownerOf(index, templates.payments, 'pay'),
      amount: money,
      parentId: null,
      reason: null,
      failure: null,
      failureReported: false,
    }),
    plans: (index) => ({ ...templates.plans, ...common('pln', index) }),
    subscriptions: (index) => ({
      ...templates.subscriptions,
      ...common('sub', index),
      state: stateOf('subscriptions', index),
      customerId: pick(index, samples.text, `customer-${index}`),
      userId: pick(index, samples.user, idOf('usr', index)),
      item: {
        ...(templates.subscriptions.item as object),
        planId: index % 4 === 0 ? samples.plan : idOf('pln', index % 97),
      },
    }),
    invoices: (index) => ({
      ...common('inv', index),
      state: stateOf('invoices', index),
      chain: null,
      subscriptionId: ownerOf(index, templates.subscriptions, 'sub'),
      kind: 'change',
      period: { startAt: samples.createdAfter, endAt: samples.createdBefore },
      lines: [],
      subtotal: money,
      creditApplied: { ...money, amountMinor: 0 },
      total: money,
      attempts: [],
      paidAt: null,
    }),
    events: (index) => {
      const { createdAt, updatedAt: _updatedAt, ...event } = common('evt', index);
      const owner = [templates.payments, templates.subscriptions, templates.onboardings][index % 3] ?? {};
      const entityId = ownerOf(index, owner, 'pay');
      return { ...templates.events, ...event, entityId, step: `seed/${index}`, version: 1000 + index, at: createdAt };
    },
    compensations: (index) => ({
      ...common('cmp', index),
      key: `${idOf('pay', index)}:authorise:1`,
      entityType: 'payment',
      entityId: idOf('pay', index),
      effect: 'authorise',
      state: stateOf('compensations', index),
      sent: true,
      sentAt: null,
      failures: 0,
      lastError: null,
      waived: null,
    }),
    stuck_items: (index) => ({
      ...common('stk', index),
      kind: stateOf('stuck_items', index),
      entityType: 'payment',
      entityId: idOf('pay', index),
      subject: `${salt}/${index}`,
      detail: 'A seed',
      differences: [],
      state: 'open',
      open: true,
      occurrence: 1,
    }),
    sandbox_mails: (index) => {
      const { updatedAt: _updatedAt, version: _version, ...mail } = common('sml', index);
      const to = pick(index, samples.email, `u${index}@example.com`);
      const entityId = pick(index, samples.text, idOf('onb', index));
      const state = stateOf('sandbox_mails', index);
      const template = stateOf('templates', index);
      const about = { audience: 'person', to, toKey: to, entityType: 'onboarding', entityId, keptSince: new Date() };
      return { ...mail, ...about, state, template, subject: 'A seed', text: 'A seed' };
    },
    partners: (index) => {
      const { tenantId: _tenantId, correlationId: _correlationId, ...partner } = common('ptn', index);
      return { ...templates.partners, ...partner };
    },
    api_keys: (index) => {
      const partnerId = ownerOf(index, templates.partners, 'ptn');
      return { ...templates.api_keys, ...common('key', index), partnerId, hash: `${salt}/${index}` };
    },
  };
}
