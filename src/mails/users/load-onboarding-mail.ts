import { tenantOf } from '../../domain/tenant';
import type { Onboarding } from '../../models/users/onboarding';
import type { LoadedMail, LoadMailInput, MailFacts } from '../mail-definition';
import { localeToWriteIn } from '../mail-text';
import { withoutLinks } from '../typed-text';

/** The facts of every mail about an onboarding. */
export interface OnboardingMailFacts extends MailFacts {
  /** The person whose onboarding the mail is about. */
  name: string;
}

/**
 * Returns the reader and the facts of a mail about an onboarding, with the facts that `factsOf` adds; null where there
 * is no such onboarding, or `factsOf` returns null. A mail without an address of its own goes to the user, in the
 * user's language and time zone; any other mail is written in the partner's.
 */
export async function loadOnboardingMail<More extends object>(
  { models, tenantId, entityId, mail }: LoadMailInput,
  factsOf: (onboarding: Onboarding) => More | null | Promise<More | null>,
): Promise<LoadedMail<OnboardingMailFacts & More> | null> {
  const onboarding = await models.onboardings.findOne({ _id: entityId, tenantId }).lean();
  const more = onboarding && (await factsOf(onboarding));
  if (!more) return null;
  const [user, partner] = await Promise.all([
    models.users.findOne({ _id: onboarding.userId, tenantId }).lean(),
    models.partners.findById(tenantOf(tenantId).partnerId).lean(),
  ]);
  if (!user || !partner) throw new Error(`The ${user ? 'partner' : 'user'} of ${entityId} does not exist`);
  const reader = mail.to === null ? user : partner;
  return {
    to: mail.to ?? user.email,
    user: mail.to === null ? user : null,
    locale: localeToWriteIn(reader, partner),
    timeZone: reader.timeZone,
    facts: { name: withoutLinks(user.name), partnerName: partner.name, ...more },
  };
}
