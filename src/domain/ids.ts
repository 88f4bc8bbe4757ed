import { TypeID, typeid } from 'typeid-js';

/** The prefix of every id, by what it names. On the wire for ever. */
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
  plan: 'pln',
  subscription: 'sub',
  invoice: 'inv',
  operation: 'opn',
} as const;

export type IdKind = keyof typeof idPrefixes;

/** A new id such as `usr_01h…`: a TypeID (prefix + UUIDv7), so ids of one kind sort by the time they were made. */
export function newId(kind: IdKind): string {
  return typeid(idPrefixes[kind]).toString();
}

/** True when a text has the shape of an id of that kind; the entity need not exist. */
export function isId(kind: IdKind, text: string): boolean {
  return new RegExp(`^${idPrefixes[kind]}_[0-7][0-9a-hjkmnp-tv-z]{25}$`).test(text);
}

/** When an id was made, in real time (UUIDv7, RFC 9562 §5.7). @throws for a text that is no id. */
export function createdAtOf(id: string): Date {
  return new Date(Number.parseInt(TypeID.fromString(id).toUUID().replaceAll('-', '').slice(0, 12), 16));
}
