import { createHash } from 'node:crypto';
import type { ClientSession } from 'mongoose';
import { hashOfReportToken, mailedToken } from '../../../contracts/reports/report-tokens';
import { settled } from '../../../domain/reports/delivery/recipients';
import { normaliseEmail } from '../../../domain/values/email';
import type { Database } from '../../../models/database';
import { isDuplicateKey } from '../../../models/duplicate-key';
import type { Report } from '../../../models/reports/report';
import type { ReportRecipient } from '../../../models/reports/report-recipient';
import type { ReportScheduleRow } from '../../../models/reports/report-schedule';
import { createClock } from '../../clock';

/** Returns what the recipients of a report may unsubscribe from: its schedule, or its type where none made it. */
export const scopeOf = ({ scheduleId, type }: Pick<Report, 'scheduleId' | 'type'>): string => scheduleId ?? type;

type Address = Pick<ReportRecipient, 'tenantId' | 'scope' | 'emailKey'>;

const idOf = ({ tenantId, scope, emailKey }: Address): string =>
  createHash('sha256').update(`${tenantId}\0${scope}\0${emailKey}`).digest('hex');

export interface FindUnsubscribedInput {
  database: Database;
  session?: ClientSession;
  tenantId: string;
  scope: string;
  emails: readonly string[];
}

/** Returns the keys of the addresses that have unsubscribed; each has to be an address that mail servers accept. */
export async function findUnsubscribed(input: FindUnsubscribedInput): Promise<ReadonlySet<string>> {
  const { database, session, tenantId, scope, emails } = input;
  if (emails.length === 0) return new Set();
  const ids = emails.map((email) => idOf({ tenantId, scope, emailKey: normaliseEmail(email) }));
  const found = await database.models.reportRecipients
    .find({ _id: { $in: ids }, tenantId }, { emailKey: 1, unsubscribedAt: 1 })
    .session(session ?? null)
    .lean();
  return new Set(found.filter(({ unsubscribedAt }) => unsubscribedAt).map(({ emailKey }) => emailKey));
}

/**
 * Records that an address is sent mails, and returns the token by which it unsubscribes from them; null where it has
 * unsubscribed. A repeat returns the same token.
 */
export async function subscribe({
  database,
  secret,
  ...address
}: Address & { database: Database; secret: string }): Promise<string | null> {
  const _id = idOf(address);
  const token = mailedToken({ secret, about: `unsubscribe\0${_id}` });
  const { reportRecipients } = database.models;
  const tokenHash = hashOfReportToken(token);
  // Of two mails that reach a new address at once, one finds what the other has written.
  await reportRecipients
    .updateOne({ _id }, { $set: { tokenHash }, $setOnInsert: { ...address, unsubscribedAt: null } }, { upsert: true })
    .catch((error: unknown) => {
      if (!isDuplicateKey(error)) throw error;
    });
  const recipient = await reportRecipients.findOne({ _id, tenantId: address.tenantId }).lean().orFail();
  return recipient.unsubscribedAt ? null : token;
}

/** Returns the address behind the token of an unsubscribe link; null for a token that is unknown. */
export const findRecipient = ({
  database,
  token,
}: {
  database: Database;
  token: string;
}): Promise<ReportRecipient | null> =>
  database.models.reportRecipients.findOne({ tokenHash: hashOfReportToken(token) }).lean();

/** Unsubscribes an address, for ever; its schedule shows that. A repeat changes nothing. */
export async function unsubscribe({
  database,
  recipient,
}: {
  database: Database;
  recipient: ReportRecipient;
}): Promise<void> {
  const { _id, tenantId, scope, emailKey } = recipient;
  const { reportRecipients, reportSchedules } = database.models;
  const at = await createClock({ database }).now(tenantId);
  await database.inTransaction(async (session) => {
    const isNew = { _id, tenantId, unsubscribedAt: null };
    const { modifiedCount } = await reportRecipients.updateOne(isNew, { $set: { unsubscribedAt: at } }, { session });
    if (modifiedCount === 0) return;
    const key = { _id: scope, tenantId };
    const schedule = await reportSchedules.findOne(key).session(session).lean<ReportScheduleRow>();
    if (!schedule) return;
    const left = { state: 'unsubscribed', reason: null, at } as const;
    const deliverTo = settled(schedule.deliverTo ?? [], (one) => one.emailKey === emailKey, left);
    await reportSchedules.updateOne(key, { $set: { deliverTo }, $inc: { firings: 1 } }, { session });
  });
}
