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
import { findLastEvent } from './find-last-event';
import { markDone } from './outbox';
import { uncountMail, type MailEnd } from './mail-limit';
import { recordDelivery } from './reports/delivery/record-delivery';
import { keepSandboxMail, type SandboxCopy } from './sandbox/sandbox-mail';
import { giveUpMail, type MailRow } from './undeliverable-mails';
import { changesByMail } from './users/verification-mail';

export interface RecordMailOutcomeInput {
  database: Database;
  row: MailRow;
  end: MailEnd;
  /** The copy that a sandbox keeps; null for a mail of a live tenant, or one that was never composed. */
  copy: SandboxCopy | null;
}

/**
 * Records the end of a mail on its row and on the timeline of the entity that it is about, in one transaction; an
 * undeliverable mail is put on the operator's list and taken off its recipient's count, and a sandbox keeps its mail.
 * Returns true to exactly one of several concurrent callers.
 */
export async function recordMailOutcome({ database, row, end, copy }: RecordMailOutcomeInput): Promise<boolean> {
  const at = (await createClock({ database }).now(row.tenantId)).toISOString();
  return database.inTransaction(async (session) => {
    const about = { database, session, row };
    const isFirst =
      end.outcome === 'undeliverable'
        ? await giveUpMail({ ...about, refusal: end.refusal })
        : await markDone({ database, rowId: row._id, consumer: 'mail', session });
    if (!isFirst) return false;
    if (end.outcome === 'undeliverable') await uncountMail({ ...about, to: end.to });
    const kept = await keepSandboxMail({ database, session, copy, end: end.outcome, at });
    const data = { ...detailsOf(end), ...(kept === null ? {} : { mailId: kept }) };
    for (const entityId of await recordDelivery({ ...about, end, at }))
      await recordMailEvent({
        ...about,
        row: { ...row, entityId },
        at,
        by: byWorkflow,
        outcome: `mail_${end.outcome}`,
        data,
      });
    return true;
  });
}

function detailsOf(end: MailEnd): Record<string, unknown> {
  if (end.outcome === 'undeliverable') return { ...end.refusal };
  return end.outcome === 'limited' ? { limit: end.limit, perDay: end.perDay } : {};
}

export interface RecordMailEventInput {
  database: Database;
  session: ClientSession;
  row: MailRow;
  outcome: MailOutcome;
  /** Details of the outcome, kept with the event. */
  data?: Record<string, unknown>;
  /** Business time, ISO 8601. */
  at: string;
  by: Actor;
}

/** The state of the verification mail after each outcome; a skipped mail has been replaced. */
const stateAfter: Partial<Record<MailOutcome, VerificationMail['state']>> = {
  mail_sent: 'sent',
  mail_withheld: 'withheld',
  mail_limited: 'limited',
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
  const { database, session, row, outcome, data = {}, at, by } = input;
  const { code = null, status = null } = data as Partial<MailRefusal>;
  const { _id: rowId, tenantId, entityType, entityId, mail } = row;
  const entity = await entityModel(database.models, entityType)
    .findOne({ _id: entityId, tenantId })
    .session(session)
    .lean();
  const last = await findLastEvent({ database, session, tenantId, entityId });
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
      set: onboarding && state ? changesByMail({ onboarding, mail, state: { state, code, status } }) : {},
      at,
      by,
      event: {
        type: `${entityType}.${outcome}` as EventType,
        data: {
          template: mail.template,
          ...(mail.data.recipient === undefined ? {} : { recipient: mail.data.recipient }),
          ...data,
        },
      },
    },
    session,
  );
}
