import { moneyOf, type Money } from '../../domain/money';
import { tenantOf } from '../../domain/tenant';
import type { LoadedMail, LoadMailInput, MailFacts } from '../mail-definition';
import { localeToWriteIn } from '../mail-text';
import { withoutLinks } from '../typed-text';

/** The facts of every mail about a subscription, as they were when the mail was requested. */
export interface SubscriptionMailFacts extends MailFacts {
  /** The name of the subscription's user. */
  name: string;
  planName: string;
  /** The amount in question; for a subscription that has ended, the refund. */
  amount: Money;
  /** With the end of the subscription: the amount that no payment can refund; null where there is none. */
  owed: Money | null;
  /** The instant in question: the end of the trial, the next attempt, or the end of the subscription. */
  until: Date | null;
}

/**
 * Returns the facts of a mail to the subscription's user; null for a subscription without a user, as nobody receives
 * its mails.
 */
export async function loadSubscriptionMail({
  models,
  tenantId,
  entityId,
  mail,
}: LoadMailInput): Promise<LoadedMail<SubscriptionMailFacts> | null> {
  const { userId } = (await models.subscriptions.findOne({ _id: entityId, tenantId }, { userId: 1 }).lean()) ?? {};
  const [user, partner] = await Promise.all([
    userId ? models.users.findOne({ _id: userId, tenantId }).lean() : null,
    models.partners.findById(tenantOf(tenantId).partnerId).lean(),
  ]);
  if (!user || !partner) return null;
  const { planName, amountMinor, owedMinor, currency, until } = mail.data;
  return {
    to: user.email,
    user,
    locale: localeToWriteIn(user, partner),
    timeZone: user.timeZone,
    facts: {
      name: withoutLinks(user.name),
      partnerName: partner.name,
      planName: withoutLinks(String(planName)),
      amount: moneyOf(Number(amountMinor), String(currency)),
      owed: owedMinor ? moneyOf(Number(owedMinor), String(currency)) : null,
      until: typeof until === 'string' ? new Date(until) : null,
    },
  };
}
