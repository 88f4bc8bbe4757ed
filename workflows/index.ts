type Domain = Record<string, unknown>;

/** Every workflow by its wire name, one line per domain. */
const domains: readonly (readonly [load: () => Domain, ...names: string[]])[] = [
  [
    () => require('./listings'),
    'listingApproval',
    'listingApprovalWorkflow',
    'listingExpiration',
    'listingExpirationWorkflow',
  ],
  [() => require('./payments'), 'processPayment', 'refundPayment'],
  [() => require('./reports'), 'analyticsReport', 'dailyReport', 'dailyReportWorkflow', 'reportSchedules'],
  [() => require('./sandbox'), 'advanceClock'],
  [() => require('./subscriptions'), 'subscription', 'subscriptionPayment'],
  [() => require('./users'), 'userOnboarding'],
];

/**
 * The workflows, each of which loads the modules of its own domain when it starts: a cached workflow keeps what it has
 * loaded, so those of all domains would cost it memory.
 */
export = Object.defineProperties(
  {},
  Object.fromEntries(
    domains.flatMap(([load, ...names]) => names.map((name) => [name, { enumerable: true, get: () => load()[name] }])),
  ),
);
