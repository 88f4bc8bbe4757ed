import { moneyOf, type Money } from '../../domain/money';
import { tenantOf } from '../../domain/tenant';
import type { LoadedMail, LoadMailInput, MailFacts } from '../mail-definition';
import { localeToWriteIn } from '../mail-text';

/** The facts of every mail about a subscription: those that were true when the mail was asked for. */
export interface SubscriptionMailFacts extends MailFacts {
  /** The user whose subscription it is. */
  name: string;
  planName: string;
  /** The amount in question; for a subscription that has ended, the refund. */
  amount: Money;
  /** The instant in question: the end of the trial, the next attempt, or the end of the subscription. */
  until: Date | null;
}

/**
 * Returns the facts of a mail to the user whose subscription it is; null for a subscription without a user, which has
 * nobody to write to.
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
  const { planName, amountMinor, currency, until } = mail.data;
  return {
    to: user.email,
    locale: localeToWriteIn(user, partner),
    timeZone: user.timeZone,
    facts: {
      name: user.name,
      partnerName: partner.name,
      planName: String(planName),
      amount: moneyOf(Number(amountMinor), String(currency)),
      until: typeof until === 'string' ? new Date(until) : null,
    },
  };
}
