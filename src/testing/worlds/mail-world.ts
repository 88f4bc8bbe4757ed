import { createMongoListingSearch } from '../../clients/search/mongo-listing-search';
import { createActivities } from '../../../activities';
import { createMailer, type Mailer } from '../../clients/mailer/mailer';
import type { Money } from '../../domain/money';
import { acceptPlan } from '../../services/subscriptions/accept-plan';
import { acceptSubscription, type AcceptSubscriptionInput } from '../../services/subscriptions/accept-subscription';
import type { Database } from '../../models/database';
import type { User } from '../../models/users/user';
import { readMails } from '../platform/mailbox';
import { openTestDatabase } from '../servers/test-database';
import { waitFor } from '../wait-for';
import { consumeRow } from '../../queue/relay/consume-row';
import { deliverAll, people, silent } from '../queue-test-bed';
import { createSendMail } from '../../queue/jobs/send-mail';

const by = { kind: 'api_key', id: 'key_test' } as const;
const chain = 'the run';

/**
 * Opens subscriptions without workflows: the test calls their activities and reads the resulting mails.
 *
 * @param input.smtpUrl - Defaults to the shared inbox, which accepts every mail.
 */
export async function openMailWorld({ smtpUrl = process.env.TEST_SMTP_URL ?? '' } = {}) {
  const { database, drop } = await openTestDatabase();
  const mailer = createMailer({
    smtpUrl,
    from: 'Platform <no-reply@platform.example>',
  });
  const activities = createActivities({
    database,
    listingSearch: createMongoListingSearch({ model: database.models.listingSearchEntries }),
    operatorEmail: 'operator@platform.example',
    sandboxClock: undefined as never,
    // No mail needs a gateway; one without customers saves no payment method.
    gatewayFor: () => ({}) as never,
    probeImages: undefined as never,
    fileStore: undefined as never,
    renderReport: undefined as never,
  });
  const subscribe = createSubscribe({ database, mailer, activities });
  return {
    database,
    activities,
    subscribe,
    async close() {
      mailer.close();
      await drop();
    },
  };
}

export type MailWorld = Awaited<ReturnType<typeof openMailWorld>>;

/** Accepts a user's subscription, whose activities the test calls at the times of its choice. */
const createSubscribe =
  ({
    database,
    mailer,
    activities,
  }: {
    database: Database;
    mailer: Mailer;
    activities: ReturnType<typeof createActivities>;
  }) =>
  async ({
    amount,
    user: reader,
    at,
    ...terms
  }: { amount: Money; user: Partial<User>; at: string } & Partial<
    Pick<AcceptSubscriptionInput, 'quantity' | 'trialDays' | 'anchorDay'>
  >) => {
    const { partner, user } = people({ user: { state: 'active', ...reader }, partner: { timeZone: 'Europe/Berlin' } });
    const tenantId = user.tenantId;
    await Promise.all([database.models.partners.insertMany([partner]), database.models.users.insertMany([user])]);
    const { subscription } = await database.inTransaction(async (session) => {
      const plan = await acceptPlan({
        database,
        session,
        tenantId,
        terms: { name: 'Pro', amount, interval: 'month', intervalCount: 1 },
        correlationId: 'test',
        at,
      });
      return acceptSubscription({
        database,
        session,
        tenantId,
        userId: user._id,
        planId: plan._id,
        paymentMethod: 'pm_ok',
        correlationId: 'test',
        by,
        at,
        ...terms,
      });
    });
    const ref = { tenantId, subscriptionId: subscription._id };
    const step = (name: string, when: string) => ({ ...ref, chain, step: name, at: when });
    await activities.beginSubscription(step('begin', at));
    const read = () => database.models.subscriptions.findById(subscription._id).lean().orFail();

    /** Offers every requested mail to the server once. Returns the rows. */
    const sendMails = async () => {
      const rows = await database.models.outbox
        .find({ entityId: subscription._id, mail: { $ne: null } })
        .sort({ _id: 1 })
        .lean();
      const act = createSendMail({
        database,
        mailer,
        publicUrl: 'https://api.platform.example',
        verificationSecret: 'unused',
        ...deliverAll,
      });
      const signal = new AbortController().signal;
      for (const { _id } of rows)
        await consumeRow({ database, rowId: _id, consumer: 'mail', act, signal, logger: silent });
      return rows;
    };

    return {
      step,
      read,
      sendMails,
      /** Records one attempt to charge the due invoice, with its result. */
      async charge(attempt: number, state: 'captured' | 'declined', when: string): Promise<void> {
        const { nextPeriodAt, charge } = await read();
        const input = { periodStart: charge?.periodStart ?? nextPeriodAt.toISOString(), attempt };
        const { paymentId } = await activities.createInvoice({ ...step(`invoice/${when}`, when), ...input });
        const { amountMinor } = (await database.models.payments.findById(paymentId).lean().orFail()).amount;
        if (state === 'captured')
          await database.models.payments.updateOne(
            { _id: paymentId },
            { $set: { state, authorisedMinor: amountMinor, capturedMinor: amountMinor } },
          );
        await activities.updateSubscription({
          ...step(`charged/${when}`, when),
          ...input,
          payment: { state, reason: state === 'declined' ? 'insufficient_funds' : null },
        });
      },
      /** Sends every requested mail. Returns the user's inbox, oldest mail first. */
      async inbox() {
        const rows = await sendMails();
        const mails = await waitFor(
          async () => {
            const found = await readMails(process.env.TEST_MAIL_URL ?? '', user.email);
            return found.length === rows.length && found;
          },
          { what: `${rows.length} mails` },
        );
        // The server lists mails by arrival. Intl keeps figures together with narrow spaces.
        return mails.map(({ subject, text }) => ({ subject, text: text.replace(/[\u00a0\u202f]/g, ' ') }));
      },
    };
  };
