import { TypeID, typeid } from 'typeid-js';

/** The prefix of every id, by kind. Part of the wire format: never changed. */
export const idPrefixes = {
  partner: 'ptn',
  apiKey: 'key',
  user: 'usr',
  onboarding: 'onb',
  entitlement: 'ent',
  notification: 'ntf',
  event: 'evt',
  outboxRow: 'out',
  stuckItem: 'stk',
  payment: 'pay',
  refund: 'rfd',
  compensation: 'cmp',
  gatewayCustomer: 'gcu',
  plan: 'pln',
  subscription: 'sub',
  invoice: 'inv',
  listing: 'lst',
  listingReview: 'lrv',
  operation: 'opn',
  sandboxMail: 'sml',
} as const;

export type IdKind = keyof typeof idPrefixes;

/** Returns a new id such as `usr_01h…`: a TypeID (prefix + UUIDv7), so ids of one kind sort by creation time. */
export function newId(kind: IdKind): string {
  return typeid(idPrefixes[kind]).toString();
}

/** True when a text has the shape of an id of that kind; the entity need not exist. */
export function isId(kind: IdKind, text: string): boolean {
  return new RegExp(`^${idPrefixes[kind]}_[0-7][0-9a-hjkmnp-tv-z]{25}$`).test(text);
}

/**
 * Returns the creation time of an id, in real time (UUIDv7, RFC 9562 §5.7). @throws Error for a text that is not an id.
 */
export function createdAtOf(id: string): Date {
  return new Date(Number.parseInt(TypeID.fromString(id).toUUID().replaceAll('-', '').slice(0, 12), 16));
}
