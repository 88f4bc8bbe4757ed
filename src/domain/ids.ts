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
  report: 'rpt',
  reportSchedule: 'rsc',
  reportLink: 'rln',
  operation: 'opn',
  sandboxMail: 'sml',
  file: 'fil',
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

/** Returns the id that belongs to the run of a workflow, whose run id is a UUID: a retried activity makes it again. */
export const idOfRun = (kind: IdKind, runId: string): string => TypeID.fromUUID(idPrefixes[kind], runId).toString();

const DIGITS = '0123456789abcdefghjkmnpqrstvwxyz';
const SUFFIX = /_([0-7][0-9a-hjkmnp-tv-z]{9})[0-9a-hjkmnp-tv-z]{16}$/;

/**
 * Returns the creation time of an id, in real time (UUIDv7, RFC 9562 §5.7): the first 48 bits, which are the first ten
 * digits of a TypeID. @throws Error for a text that is not an id.
 */
export function createdAtOf(id: string): Date {
  const time = SUFFIX.exec(id)?.[1];
  if (time === undefined) throw new Error(`${id.slice(0, 40)} is not an id`);
  let ms = 0;
  for (const digit of time) ms = ms * 32 + DIGITS.indexOf(digit);
  return new Date(ms);
}
