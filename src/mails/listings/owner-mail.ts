import { tenantOf } from '../../domain/tenant';
import type { LoadedMail, LoadMailInput, MailFacts } from '../mail-definition';
import { localeToWriteIn } from '../mail-text';
import { withoutLinks } from '../typed-text';

export interface OwnerFacts extends MailFacts {
  /** The owner's name. */
  name: string;
}

export interface LoadOwnerMailInput extends Pick<LoadMailInput, 'models' | 'tenantId'> {
  ownerUserId: string | null;
}

/** Returns a mail to the owner of a listing with the facts that all such mails share; null where the owner is gone. */
export async function loadOwnerMail(input: LoadOwnerMailInput): Promise<LoadedMail<OwnerFacts> | null> {
  const { models, tenantId, ownerUserId } = input;
  if (ownerUserId === null) return null;
  const user = await models.users.findOne({ _id: ownerUserId, tenantId }).lean();
  const partner = await models.partners.findById(tenantOf(tenantId).partnerId).lean();
  if (!user || !partner) return null;
  return {
    to: user.email,
    user,
    locale: localeToWriteIn(user, partner),
    timeZone: user.timeZone,
    facts: { partnerName: partner.name, name: withoutLinks(user.name) },
  };
}
