import { DomainError } from '../../domain-error';
import { canonicalEmail, normaliseEmail, requireEmail } from '../../values/email';
import type { ReportFormat } from '../report-type';

/** The most addresses of a report or of a schedule. */
export const MAX_RECIPIENTS = 20;

/** An address as a caller asks for it. */
export interface RecipientRequest {
  email: string;
  /** The format whose file comes with the mail. */
  attach?: ReportFormat | null;
}

export type RecipientState = 'pending' | 'sent' | 'withheld' | 'failed' | 'unsubscribed' | 'skipped';

/** An address that a report is mailed to: of a report, what became of its mail; of a schedule, of the last mail. */
export interface Recipient {
  email: string;
  /** The form under which two addresses are equal. */
  emailKey: string;
  attach: ReportFormat | null;
  state: RecipientState;
  /** Why it is `failed`; null otherwise. */
  reason: 'refused' | 'limited' | null;
  /** The tenant's time at which it came to its state; null while it is `pending`. */
  at: Date | null;
}

export interface RequireRecipientsInput {
  deliverTo: readonly RecipientRequest[];
  formats: readonly ReportFormat[];
}

/** @throws DomainError `RECIPIENT_INVALID` with the pointer of the first address or format at fault */
export function requireRecipients({ deliverTo, formats }: RequireRecipientsInput): void {
  if (deliverTo.length > MAX_RECIPIENTS)
    throw invalid('/deliverTo', `There are ${deliverTo.length} recipients, and ${MAX_RECIPIENTS} is the most.`);
  const seen = new Set<string>();
  for (const [index, { email, attach }] of deliverTo.entries()) {
    const pointer = `/deliverTo/${index}`;
    if (canonicalEmail(email) === null) throw invalid(`${pointer}/email`, 'This is not an address that gets mails.');
    const key = normaliseEmail(email);
    if (seen.has(key)) throw invalid(`${pointer}/email`, 'The address is named twice: name it once.');
    seen.add(key);
    if (attach && !formats.includes(attach))
      throw invalid(
        `${pointer}/attach`,
        `${attach} is not among the formats of the report: attach one of ${formats.join(', ')}, or order it too.`,
      );
  }
}

const invalid = (pointer: string, detail: string): DomainError =>
  new DomainError('RECIPIENT_INVALID', detail, { pointer });

export interface RecipientsOfInput {
  deliverTo: readonly RecipientRequest[];
  /** The keys of the addresses that have unsubscribed. */
  unsubscribed: ReadonlySet<string>;
  /** The recipients before a change of them. */
  before?: readonly Recipient[];
}

/**
 * Returns the recipients that a caller asks for, whose rules have been checked. An address that stays keeps its state,
 * unless it has failed: it is then tried again. One that has unsubscribed stays so whatever a caller asks.
 */
export function recipientsOf({ deliverTo, unsubscribed, before = [] }: RecipientsOfInput): Recipient[] {
  return deliverTo.map(({ email, attach }) => {
    const emailKey = normaliseEmail(email);
    const known = before.find((one) => one.emailKey === emailKey);
    const { state, reason, at } = known && known.state !== 'failed' ? known : newState;
    const recipient = { email: requireEmail(email), emailKey, attach: attach ?? null };
    if (unsubscribed.has(emailKey)) return { ...recipient, state: 'unsubscribed', reason: null, at };
    return { ...recipient, state, reason, at };
  });
}

const newState = { state: 'pending', reason: null, at: null } as const;

/** The states in which an address gets nothing more. */
const isStopped = ({ state }: Recipient): boolean => state === 'failed' || state === 'unsubscribed';

/** Returns the recipients of a schedule as those of its next report; those that are stopped are named, and skipped. */
export const forNextReport = (recipients: readonly Recipient[]): Recipient[] =>
  recipients.map((recipient) => (isStopped(recipient) ? recipient : { ...recipient, ...newState }));

/** Returns the addresses of a schedule that mails go to. */
export const reachable = (recipients: readonly Recipient[]): Recipient[] =>
  recipients.filter((recipient) => !isStopped(recipient));

/** True for a recipient who may still get the mail: an operator may send one that failed again. */
export const awaitsMail = ({ state }: Recipient): boolean => state === 'pending' || state === 'failed';

/** Returns recipients with those that are meant in a new state. */
export const settled = (
  recipients: readonly Recipient[],
  isMeant: (recipient: Recipient) => boolean,
  outcome: Pick<Recipient, 'state' | 'reason' | 'at'>,
): Recipient[] => recipients.map((one) => (isMeant(one) ? { ...one, ...outcome } : one));

/** The mail of an address about one report, or about several that are delivered together. */
export interface DeliveryMail {
  email: string;
  emailKey: string;
  /** Names the recipient to people without its address, such as "recipient 2". */
  name: string;
}

/**
 * Returns the mails about reports that are delivered together: one for each address that is pending in any of them.
 * The recipients may differ, because a schedule was changed between two reports.
 */
export function mailsOf(reports: readonly { deliverTo: readonly Recipient[] }[]): DeliveryMail[] {
  const mails = new Map<string, DeliveryMail>();
  for (const { deliverTo } of reports)
    for (const [index, { email, emailKey, state }] of deliverTo.entries())
      if (state === 'pending') mails.set(emailKey, { email, emailKey, name: `recipient ${index + 1}` });
  return [...mails.values()];
}
