import type { LoadedMail, LoadMailInput, MailDefinition } from '../mail-definition';
import type { MailWriter } from '../mail-text';
import { dayIn, loadListings, otherListings, type ListingsFacts, type NamedListing } from './named-listings';

interface ApprovedListing extends NamedListing {
  /** The end had come when the mail was written, as for a listing that was approved after its last day. */
  isOver: boolean;
}

/** Returns the listings whose approval this mail tells of, the first one first; null where none is left. */
async function load(input: LoadMailInput): Promise<LoadedMail<ListingsFacts<ApprovedListing>> | null> {
  const {
    models,
    tenantId,
    mail: { key, data },
    at,
  } = input;
  const loaded = await loadListings({
    models,
    tenantId,
    ownerUserId: String(data.ownerUserId),
    // Each approval names its mail, so none is forgotten, whatever the order in which they were decided and committed.
    filter: { approvalMail: key },
    sort: { approvedAt: 1, _id: 1 },
  });
  if (!loaded) return null;
  const listings = loaded.facts.listings.map((listing) => ({ ...listing, isOver: listing.expiresAt <= at }));
  return { ...loaded, facts: { ...loaded.facts, listings } };
}

const endInEnglish = ({ lastDay, expiresAt, isOver }: ApprovedListing, write: MailWriter): string =>
  `last day ${dayIn('en', lastDay)}, ${isOver ? 'over since' : 'until'} ${write.time(expiresAt)}`;

const endInGerman = ({ lastDay, expiresAt, isOver }: ApprovedListing, write: MailWriter): string =>
  `letzter Tag ${dayIn('de', lastDay)}, ${isOver ? 'abgelaufen seit' : 'bis'} ${write.time(expiresAt)}`;

/** Sent to the owner for all listings that are approved within ten minutes, with the end of each. */
export const listingsApproved: MailDefinition<ListingsFacts<ApprovedListing>> = {
  load,
  en: (facts, write) => {
    const { name, partnerName, count, listings } = facts;
    const lines = listings.map((listing) => `“${listing.title}”: ${endInEnglish(listing, write)}`);
    return {
      subject: `${partnerName}: ${count === 1 ? 'your listing was' : `${count} of your listings were`} approved`,
      greeting: `Hello ${name},`,
      paragraphs: [
        count === 1 ? 'Your listing was approved:' : `${count} of your listings were approved:`,
        ...lines,
        ...otherListings(facts, 'en'),
      ],
    };
  },
  de: (facts, write) => {
    const { name, partnerName, count, listings } = facts;
    const lines = listings.map((listing) => `„${listing.title}“: ${endInGerman(listing, write)}`);
    return {
      subject: `${partnerName}: ${count === 1 ? 'Ihre Anzeige wurde' : `${count} Ihrer Anzeigen wurden`} freigegeben`,
      greeting: `Guten Tag ${name},`,
      paragraphs: [
        count === 1 ? 'Ihre Anzeige wurde freigegeben:' : `${count} Ihrer Anzeigen wurden freigegeben:`,
        ...lines,
        ...otherListings(facts, 'de'),
      ],
    };
  },
};
