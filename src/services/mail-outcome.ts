import type { ClientSession } from 'mongoose';
import type { EventType } from '../contracts/events';
import type { MailOutcome } from '../contracts/mail-events';
import { byWorkflow, type Actor } from '../domain/actor';
import type { MailRefusal } from '../domain/mail-refusal';
import type { VerificationMail } from '../domain/users/onboarding';
import type { Database } from '../models/database';
import { entityModel } from '../models/entity-model';
import type { Onboarding } from '../models/users/onboarding';
import { applyStep } from './apply-step';
import { createClock } from './clock';
import { markDone } from './outbox';
import { giveUpMail, type MailRow } from './undeliverable-mails';
import { changesByMail } from './users/verification-mail';

export interface RecordMailOutcomeInput {
  database: Database;
  row: MailRow;
  /** `skipped` for a mail that nobody wants any more; a refusal for a mail that the server refused for good. */
  outcome: 'sent' | 'skipped' | MailRefusal;
}

/**
 * Records the end of a mail on its row and on the timeline of the entity that it is about, in one transaction; an
 * undeliverable mail is put on the operator's list. Returns true to exactly one of several concurrent callers.
 */
export async function recordMailOutcome({ database, row, outcome }: RecordMailOutcomeInput): Promise<boolean> {
  const at = (await createClock({ database }).now(row.tenantId)).toISOString();
  return database.inTransaction(async (session) => {
    const about = { database, session, row };
    const isRefused = typeof outcome === 'object';
    const isFirst = isRefused
      ? await giveUpMail({ ...about, refusal: outcome })
      : await markDone({ database, rowId: row._id, consumer: 'mail', session });
    if (!isFirst) return false;
    await recordMailEvent({
      ...about,
      at,
      by: byWorkflow,
      ...(isRefused ? { outcome: 'mail_undeliverable', refusal: outcome } : { outcome: `mail_${outcome}` as const }),
    });
    return true;
  });
}

export interface RecordMailEventInput {
  database: Database;
  session: ClientSession;
  row: MailRow;
  outcome: MailOutcome;
  /** The server's refusal of an undeliverable mail. */
  refusal?: MailRefusal;
  /** Business time, ISO 8601. */
  at: string;
  by: Actor;
}

/** The state of the verification mail after each outcome; a skipped mail has been replaced. */
const stateAfter: Partial<Record<MailOutcome, VerificationMail['state']>> = {
  mail_sent: 'sent',
  mail_undeliverable: 'undeliverable',
  mail_restarted: 'being_sent',
  mail_closed: 'closed',
};

/**
 * Records an outcome of a mail as an event of its entity, within the caller's transaction. Records nothing for an
 * entity that was deleted, or whose state was changed by hand: an event would confirm that state, and hide the change
 * from the reconciler.
 */
export async function recordMailEvent(input: RecordMailEventInput): Promise<void> {
  const { database, session, row, outcome, refusal = { code: null, status: null }, at, by } = input;
  const { _id: rowId, tenantId, entityType, entityId, mail } = row;
  const entity = await entityModel(database.models, entityType)
    .findOne({ _id: entityId, tenantId })
    .session(session)
    .lean();
  const last = await database.models.events
    .findOne({ tenantId, entityId }, { state: 1 })
    .sort({ version: -1, _id: -1 })
    .session(session)
    .lean();
  if (!entity || (last && last.state !== entity.state)) return;
  const state = stateAfter[outcome];
  const onboarding = entityType === 'onboarding' ? (entity as unknown as Onboarding) : null;
  await applyStep(
    database,
    {
      tenantId,
      entityType,
      entityId,
      step: `mail/${rowId}/${outcome}`,
      from: [entity.state],
      set: onboarding && state ? changesByMail({ onboarding, mail, state: { state, ...refusal } }) : {},
      at,
      by,
      event: {
        type: `${entityType}.${outcome}` as EventType,
        data: {
          template: mail.template,
          ...(mail.data.recipient === undefined ? {} : { recipient: mail.data.recipient }),
          ...(outcome === 'mail_undeliverable' ? refusal : {}),
        },
      },
    },
    session,
  );
}
