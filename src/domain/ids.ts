import { typeid } from 'typeid-js';

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
  operation: 'opn',
} as const;

export type IdKind = keyof typeof idPrefixes;

/** A new id such as `usr_01h…`: a TypeID (prefix + UUIDv7), so ids of one kind sort by the time they were made. */
export function newId(kind: IdKind): string {
  return typeid(idPrefixes[kind]).toString();
}

/** Whether a text has the shape of an id of that kind; says nothing about its existence. */
export function isId(kind: IdKind, text: string): boolean {
  return new RegExp(`^${idPrefixes[kind]}_[0-7][0-9a-hjkmnp-tv-z]{25}$`).test(text);
}
