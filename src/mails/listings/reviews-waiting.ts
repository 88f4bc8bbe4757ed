import { decidableStates } from '../../domain/listings/review';
import { tenantOf } from '../../domain/tenant';
import type { LoadedMail, LoadMailInput, MailDefinition, MailFacts } from '../mail-definition';
import { localeToWriteIn } from '../mail-text';
import { quoted } from '../typed-text';

interface ReviewsFacts extends MailFacts {
  partnerId: string;
  isForOperator: boolean;
  /** The reviews that wait when the mail is sent. */
  count: number;
}

/** Returns the number of waiting reviews as it is now; null where nobody has anything left to decide. */
const loadWith =
  (filter: object) =>
  async ({ models, tenantId, mail }: LoadMailInput): Promise<LoadedMail<ReviewsFacts> | null> => {
    const { partnerId } = tenantOf(tenantId);
    const [count, partner] = await Promise.all([
      models.listingReviews.countDocuments({ tenantId, ...filter }),
      models.partners.findById(partnerId).lean().orFail(),
    ]);
    if (count === 0 || mail.to === null) return null;
    return {
      to: mail.to,
      user: null,
      locale: localeToWriteIn(partner, partner),
      timeZone: partner.timeZone,
      facts: { partnerName: partner.name, partnerId, isForOperator: mail.audience === 'operator', count },
    };
  };

const howToRead = 'GET /listing-reviews';

/**
 * Sent to reviewers, or to the operator where there are none. They decide through the API. A review that is being
 * checked counts where it takes the place of one of which they were to hear: no other mail is ordered for it.
 */
export const reviewsWaiting: MailDefinition<ReviewsFacts> = {
  load: loadWith({ $or: [{ state: { $in: [...decidableStates] } }, { state: 'checking', isAnnounced: true }] }),
  en: (facts) => ({
    subject: senderOf(facts) + (facts.count === 1 ? 'A listing needs' : `${facts.count} listings need`) + ' a decision',
    greeting: 'Hello,',
    paragraphs: [
      facts.count === 1
        ? 'A listing waits for a reviewer to approve or reject it.'
        : `${facts.count} listings wait for a reviewer to approve or reject them.`,
      ...partnerInEnglish(facts),
      `The list of waiting reviews: ${howToRead}`,
    ],
  }),
  de: (facts) => ({
    subject:
      senderOf(facts) +
      (facts.count === 1 ? 'Eine Anzeige braucht' : `${facts.count} Anzeigen brauchen`) +
      ' eine Entscheidung',
    greeting: 'Guten Tag,',
    paragraphs: [
      facts.count === 1
        ? 'Eine Anzeige wartet darauf, freigegeben oder abgelehnt zu werden.'
        : `${facts.count} Anzeigen warten darauf, freigegeben oder abgelehnt zu werden.`,
      ...partnerInGerman(facts),
      `Die Liste der wartenden Prüfungen: ${howToRead}`,
    ],
  }),
};

/** Sent to the deputies, and for live tenants to the operator too. */
export const reviewsOverdue: MailDefinition<ReviewsFacts> = {
  load: loadWith({ overdue: true }),
  en: (facts) => ({
    subject:
      senderOf(facts) +
      (facts.count === 1 ? 'A listing has' : `${facts.count} listings have`) +
      ' waited two days for a decision',
    greeting: 'Hello,',
    paragraphs: [
      `No reviewer has decided within 48 hours on ${facts.count === 1 ? 'a listing' : `${facts.count} listings`}. ` +
        'Please see to it.',
      ...partnerInEnglish(facts),
      `The list of these reviews: ${howToRead}?overdue=true`,
    ],
  }),
  de: (facts) => ({
    subject:
      senderOf(facts) +
      (facts.count === 1 ? 'Eine Anzeige wartet' : `${facts.count} Anzeigen warten`) +
      ' seit zwei Tagen auf eine Entscheidung',
    greeting: 'Guten Tag,',
    paragraphs: [
      `Über ${facts.count === 1 ? 'eine Anzeige' : `${facts.count} Anzeigen`} hat innerhalb von 48 Stunden niemand ` +
        'entschieden. Bitte kümmern Sie sich darum.',
      ...partnerInGerman(facts),
      `Die Liste dieser Prüfungen: ${howToRead}?overdue=true`,
    ],
  }),
};

/** In a mail to the operator the partner's name is behind a frame, so that no partner speaks with our voice. */
const senderOf = ({ isForOperator, partnerName }: ReviewsFacts): string => (isForOperator ? '' : `${partnerName}: `);

const partnerInEnglish = ({ isForOperator, partnerId, partnerName }: ReviewsFacts): string[] =>
  isForOperator ? [`Partner: ${partnerId}`, `The partner wrote, as its own name: ${quoted(partnerName)}`] : [];

const partnerInGerman = ({ isForOperator, partnerId, partnerName }: ReviewsFacts): string[] =>
  isForOperator ? [`Partner: ${partnerId}`, `Der Partner schrieb als eigenen Namen: ${quoted(partnerName)}`] : [];
