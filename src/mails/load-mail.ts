import { addressIsVerified } from '../domain/users/user';
import type { User } from '../models/users/user';
import type { LoadedMail, LoadMailInput } from './mail-definition';
import { mails } from './mails';

/**
 * Returns a mail's reader and facts; null where the mail is no longer wanted, or must not leave. The address of a user
 * who has not verified it may be somebody else's: only the mails that verify it go there.
 */
export async function loadMail(input: LoadMailInput): Promise<LoadedMail | null> {
  const template = mails[input.mail.template];
  const loaded = await template.load(input);
  if (!loaded?.user || template.verifiesAddress) return loaded;
  return (await isVerified(input, loaded.user)) ? loaded : null;
}

async function isVerified({ models, tenantId }: LoadMailInput, { state, onboardingId }: User): Promise<boolean> {
  const onboarding = await models.onboardings.findOne({ _id: onboardingId, tenantId }, { verification: 1 }).lean();
  return addressIsVerified({ state, verifiedAt: onboarding?.verification.verifiedAt ?? null });
}
