import { newestContent } from '../../domain/listings/edit-listing';
import type { CheckRule } from '../../domain/listings/checks/check-rules';
import { listingStateAt } from '../../domain/listings/listing';
import type { FieldComment, RejectionReason } from '../../domain/listings/review';
import type { Listing, ListingRejection } from '../../models/listings/listing';
import type { LoadMailInput, MailDefinition } from '../mail-definition';
import { oneLine, withoutLinks } from '../typed-text';
import { loadOwnerMail, type OwnerFacts } from './owner-mail';
import { remarksInEnglish, remarksInGerman } from './remarks-of-rules';

/** `silence`: nobody decided in time. */
type OwnersReason = RejectionReason | 'silence';

interface ListingRejectionFacts extends OwnerFacts {
  title: string;
  reason: OwnersReason;
  /** The reviewer's words. */
  comment: string | null;
  /** The reviewer's remarks. */
  fields: FieldComment[];
  /** The rules that rejected it without a reviewer. */
  rules: CheckRule[];
  /** Buyers see the content of before. */
  isLive: boolean;
}

/** Returns the facts of the last rejection; null where the owner is gone, or the revision was approved meanwhile. */
async function load({ models, tenantId, entityId, mail }: LoadMailInput) {
  const listing = await models.listings.findOne({ _id: entityId, tenantId }).lean();
  const rejection = listing?.rejection;
  if (!listing || !rejection || rejection.revision !== mail.data.revision) return null;
  const owner = await loadOwnerMail({ models, tenantId, ownerUserId: listing.ownerUserId });
  if (!owner) return null;
  return {
    ...owner,
    facts: {
      ...owner.facts,
      title: withoutLinks(newestContent(listing).title),
      ...(await groundsOf({ models, listing, rejection })),
      isLive: listingStateAt(listing, rejection.at) === 'live',
    },
  };
}

interface GroundsInput extends Pick<LoadMailInput, 'models'> {
  listing: Listing;
  rejection: ListingRejection;
}

type Grounds = Pick<ListingRejectionFacts, 'reason' | 'comment' | 'fields' | 'rules'>;

/** Returns a reviewer's words as they are; for a rejection by the checks their rules, which have words of their own. */
async function groundsOf({ models, listing, rejection }: GroundsInput): Promise<Grounds> {
  const { reviewer, revision, comment, fields } = rejection;
  const reason = rejection.reason ?? 'other';
  if (reviewer !== null) return { reason, comment, fields, rules: [] };
  // The checks always have a reason.
  if (reason === 'other') return { reason: 'silence', comment: null, fields: [], rules: [] };
  const { _id: listingId, tenantId } = listing;
  const rejected = await models.listingReviews.find({ tenantId, listingId, revision, state: 'rejected' }).lean();
  // A revision that was submitted again has several; ids are in the order of their making.
  const [review] = rejected.toSorted((one, other) => (one._id < other._id ? 1 : -1));
  const blocking = (review?.findings ?? []).filter(({ severity }) => severity === 'block');
  return { reason, comment: null, fields: [], rules: [...new Set(blocking.map(({ rule }) => rule))] };
}

const reasonsInEnglish: Record<OwnersReason, string> = {
  prohibited: 'it offers something that is not allowed',
  misleading: 'it is misleading',
  duplicate: 'the same listing exists already',
  category: 'it does not fit its category',
  contact_details: 'it contains contact details',
  image: 'an image is not suitable',
  price: 'its price is not plausible',
  quality: 'it says too little',
  other: 'another reason',
  silence: 'nobody reviewed it in time',
};

const reasonsInGerman: Record<OwnersReason, string> = {
  prohibited: 'sie bietet etwas Unzulässiges an',
  misleading: 'sie ist irreführend',
  duplicate: 'die gleiche Anzeige gibt es bereits',
  category: 'sie passt nicht in ihre Kategorie',
  contact_details: 'sie enthält Kontaktdaten',
  image: 'ein Bild ist nicht geeignet',
  price: 'ihr Preis ist nicht plausibel',
  quality: 'sie sagt zu wenig aus',
  other: 'ein anderer Grund',
  silence: 'sie wurde nicht rechtzeitig geprüft',
};

const remarksOf = (fields: readonly FieldComment[]): string[] =>
  fields.map(({ pointer, comment }) => `${pointer.slice(1) || 'listing'}: ${oneLine(comment)}`);

/** Sent to the owner, who can change the listing and have it submitted again. */
export const listingRejection: MailDefinition<ListingRejectionFacts> = {
  load,
  en: ({ name, partnerName, title, reason, comment, fields, rules, isLive }) => ({
    subject: `${partnerName}: your listing was not approved`,
    greeting: `Hello ${name},`,
    paragraphs: [
      `Your listing “${title}” was not approved: ${reasonsInEnglish[reason]}.`,
      ...(comment ? [`The reviewer wrote: ${oneLine(comment)}`] : []),
      ...remarksOf(fields),
      ...rules.map((rule) => remarksInEnglish[rule]),
      ...(isLive ? ['Buyers see the listing as it was before the change.'] : []),
      'You can change the listing and submit it again.',
    ],
  }),
  de: ({ name, partnerName, title, reason, comment, fields, rules, isLive }) => ({
    subject: `${partnerName}: Ihre Anzeige wurde nicht freigegeben`,
    greeting: `Guten Tag ${name},`,
    paragraphs: [
      `Ihre Anzeige „${title}“ wurde nicht freigegeben: ${reasonsInGerman[reason]}.`,
      ...(comment ? [`Aus der Prüfung: ${oneLine(comment)}`] : []),
      ...remarksOf(fields),
      ...rules.map((rule) => remarksInGerman[rule]),
      ...(isLive ? ['Zu sehen ist die Anzeige wie vor der Änderung.'] : []),
      'Sie können die Anzeige ändern und erneut einreichen.',
    ],
  }),
};
