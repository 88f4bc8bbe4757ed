import { createHash } from 'node:crypto';
import type { ClientSession } from 'mongoose';
import type { MailAudience } from '../domain/mail-delivery';
import type { MailRefusal } from '../domain/mail-refusal';
import { mailboxOf } from '../domain/values/email';
import type { Database } from '../models/database';
import { isDuplicateKey } from '../models/duplicate-key';
import type { MailRow } from './undeliverable-mails';

/** Mails a day (UTC, real time) that one tenant may send. */
export interface MailLimits {
  /** To one person. */
  perPerson: number;
  /** To one reviewer, or to the operator. */
  perReviewer: number;
  /** In all. */
  perTenant: number;
}

/** The limit that a mail would exceed. */
export interface MailLimitReached {
  limit: 'recipient' | 'tenant';
  perDay: number;
}

/** The end of a mail's row; `skipped` for a mail that nobody wants any more. */
export type MailEnd =
  | { outcome: 'sent' | 'skipped' | 'withheld' }
  | ({ outcome: 'limited' } & MailLimitReached)
  /** The server refused the mail for good: the address itself, or what was sent to it. */
  | { outcome: 'undeliverable'; to: string; refusal: MailRefusal; atRecipient: boolean };

export interface CountMailInput {
  database: Database;
  row: MailRow;
  to: string;
  limits: MailLimits;
}

const DAY_MS = 86_400_000;
/**
 * A count is kept for this long after the last mail that it counted. A mail whose server is down for longer counts
 * again, in a new count.
 */
const COUNTS_KEPT_MS = 3 * DAY_MS;

/**
 * Counts a mail that is about to be sent, on the day on which it was ordered. Returns null when it may be sent, and
 * otherwise the limit that is reached, without counting the mail.
 *
 * Each count is one guarded update of one document, so that it holds over any number of processes, and the row's id is
 * kept with it, so that further attempts of the same mail do not count. When the process dies between the count of the
 * recipient and the count of the tenant, the tenant's is one too low.
 */
export async function countMail({ database, row, to, limits }: CountMailInput): Promise<MailLimitReached | null> {
  const { _id: rowId, tenantId, mail } = row;
  const about = { database, tenantId };
  const toRecipient = { ...about, id: recipientCount({ row, to }), rowId, limit: perRecipient(limits, mail.audience) };

  const recipient = await addTo(toRecipient);
  if (recipient === 'counted before') return null;
  if (recipient === 'full') return { limit: 'recipient', perDay: toRecipient.limit };
  if ((await addTo({ ...about, id: tenantCount(row), limit: limits.perTenant })) !== 'full') return null;
  await uncountMail({ database, row, to });
  return { limit: 'tenant', perDay: limits.perTenant };
}

/**
 * Takes a mail off the count of its recipient, whom it did not reach, so that an operator can send it again. The
 * tenant's count keeps a mail that was offered: refused mails are what costs a sender its reputation.
 */
export async function uncountMail({
  database,
  session,
  row,
  to,
}: Omit<CountMailInput, 'limits'> & { session?: ClientSession }): Promise<void> {
  await database.models.mailCounts.updateOne(
    { _id: recipientCount({ row, to }), rows: row._id },
    { $pull: { rows: row._id }, $inc: { count: -1 } },
    { session },
  );
}

const tenantCount = ({ tenantId, createdAt }: MailRow): string => `${tenantId}/${createdAt.toISOString().slice(0, 10)}`;

/** Staff are counted apart: a person may have the mailbox of a reviewer, and the limits differ. */
function recipientCount({ row, to }: Pick<CountMailInput, 'row' | 'to'>): string {
  const mailbox = createHash('sha256').update(mailboxOf(to)).digest('hex').slice(0, 32);
  return `${tenantCount(row)}/${row.mail.audience === 'person' ? 'person' : 'staff'}/${mailbox}`;
}

const perRecipient = (limits: MailLimits, audience: MailAudience): number =>
  audience === 'person' ? limits.perPerson : limits.perReviewer;

interface AddToInput {
  database: Database;
  tenantId: string;
  id: string;
  /** Left out for a count of a tenant, which would grow too large with the ids of its rows. */
  rowId?: string;
  limit: number;
}

async function addTo(input: AddToInput): Promise<'counted' | 'counted before' | 'full'> {
  const { database, id, rowId, limit, tenantId } = input;
  const { mailCounts } = database.models;
  const isNew = rowId === undefined ? {} : { rows: { $ne: rowId } };
  try {
    await mailCounts.updateOne(
      { _id: id, count: { $lt: limit }, ...isNew },
      {
        $inc: { count: 1 },
        ...(rowId === undefined ? {} : { $push: { rows: rowId } }),
        $max: { expiresAt: new Date(Date.now() + COUNTS_KEPT_MS) },
        $setOnInsert: { tenantId, ...(rowId === undefined ? { rows: [] } : {}) },
      },
      { upsert: true },
    );
    return 'counted';
  } catch (error) {
    // The guard refused a count that exists, or another mail created the count at the same moment.
    if (!isDuplicateKey(error)) throw error;
  }
  const found = await mailCounts.findById(id).lean();
  if (rowId !== undefined && found?.rows.includes(rowId)) return 'counted before';
  return found && found.count >= limit ? 'full' : addTo(input);
}
