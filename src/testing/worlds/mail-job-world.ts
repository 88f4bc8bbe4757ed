import { createMailer } from '../../clients/mailer/mailer';
import { summaryOf } from '../../contracts/events';
import type { MailRequest } from '../../contracts/outbox';
import { newId } from '../../domain/ids';
import { tenantIdOf, type Mode } from '../../domain/tenant';
import type { Database } from '../../models/database';
import type { OutboxRow } from '../../models/outbox-row';
import { createSendMail, type CreateSendMailInput } from '../../queue/jobs/send-mail';
import { consumeRow } from '../../queue/relay/consume-row';
import { deliverAll, mailRowFor, people, silent } from '../queue-test-bed';
import { openMailServer } from '../servers/mail-server';

export interface OrderMailInput {
  tenantId: string;
  /** The address of the person. Defaults to a new one. */
  email?: string;
  mail?: Partial<MailRequest>;
  /** Real time. Defaults to now. */
  orderedAt?: Date;
}

/** Opens a mail server, and the job that sends mails of onboardings to it, without workflows. */
export async function openMailJobWorld({ database, secret }: { database: Database; secret: string }) {
  const server = await openMailServer();
  const mailer = createMailer({ smtpUrl: server.smtpUrl, from: 'Platform <no-reply@platform.example>' });
  // Mails are limited by the day of their orders, and midnight may pass between two of them.
  const openedAt = new Date();

  return {
    server,
    /** Writes a partner. Returns the id of its tenant. */
    async newTenant({ mode, reviewers = [] }: { mode: Mode; reviewers?: string[] }): Promise<string> {
      const { partner } = people({ partner: { reviewers, locale: 'en' } });
      await database.models.partners.insertMany([partner]);
      return tenantIdOf({ partnerId: partner._id, mode });
    },
    /** Orders a mail about a new onboarding, by default the one that verifies its address. Returns its row. */
    async order({ tenantId, email = `${newId('user')}@example.com`, mail, orderedAt = openedAt }: OrderMailInput) {
      const address = { tenantId, email, emailKey: email.toLowerCase() };
      const { user, onboarding } = people({ user: address, onboarding: address });
      onboarding.verification.expiresAt = new Date(Date.now() + 3_600_000);
      await database.models.users.insertMany([user]);
      await database.models.onboardings.insertMany([onboarding]);
      const row = mailRowFor(onboarding, mail);
      row.createdAt = orderedAt;
      await database.models.outbox.insertMany([row]);
      return row;
    },
    /** Attempts the mail once, as a worker with these settings does. */
    attempt({ _id: rowId }: OutboxRow, settings: Partial<CreateSendMailInput> = {}) {
      const act = createSendMail({
        database,
        mailer,
        publicUrl: 'https://api.platform.example',
        verificationSecret: secret,
        ...deliverAll,
        ...settings,
      });
      const { signal } = new AbortController();
      return consumeRow({ database, rowId, consumer: 'mail', act, signal, logger: silent });
    },
    timeline: async ({ entityId }: OutboxRow): Promise<string[]> =>
      (await database.models.events.find({ entityId }).sort({ version: 1 }).lean()).map(({ type, data }) =>
        summaryOf({ type, data, currency: null }),
      ),
    verificationMail: async ({ entityId }: OutboxRow) =>
      (await database.models.onboardings.findById(entityId).lean().orFail()).verification.mail,
    async close() {
      mailer.close();
      await server.stop();
    },
  };
}

export type MailJobWorld = Awaited<ReturnType<typeof openMailJobWorld>>;
