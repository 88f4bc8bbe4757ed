/** The kinds of entities by the domain whose folders have their code, one line per domain. */
export const entityTypesByDomain = {
  users: ['onboarding', 'user', 'entitlement'],
  payments: ['payment', 'refund'],
  subscriptions: ['subscription'],
  listings: ['listing', 'listing_review'],
  reports: ['report', 'report_schedule'],
  sandbox: ['operation'],
} as const;

/** A kind of entity with states, a version and a timeline. The name is stored with every event. */
export type EntityType = (typeof entityTypesByDomain)[keyof typeof entityTypesByDomain][number];
export const entityTypes: readonly EntityType[] = Object.values(entityTypesByDomain).flat();
