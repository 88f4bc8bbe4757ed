import type { LoadMailInput, MailDefinition } from '../mail-definition';
import { withoutLinks } from '../typed-text';
import { loadOwnerMail, type OwnerFacts } from './owner-mail';

interface ListingsApprovedFacts extends OwnerFacts {
  /** The number of listings whose approval the mail tells of. */
  count: number;
  /** The titles of the first of them. */
  titles: string[];
}

const MAX_TITLES = 10;

/** Returns the listings whose approval this mail tells of, the first one first; null where none is left. */
async function load({ models, tenantId, mail: { key, data } }: LoadMailInput) {
  const owner = await loadOwnerMail({ models, tenantId, ownerUserId: String(data.ownerUserId) });
  if (!owner) return null;
  // Each approval names its mail, so none is forgotten, whatever the order in which they were decided and committed.
  const approved = { tenantId, approvalMail: key };
  const first = await models.listings
    .find(approved, { live: 1 })
    .sort({ approvedAt: 1, _id: 1 })
    .limit(MAX_TITLES)
    .lean();
  if (first.length === 0) return null;
  const count = first.length < MAX_TITLES ? first.length : await models.listings.countDocuments(approved);
  return { ...owner, facts: { ...owner.facts, count, titles: first.map(({ live }) => withoutLinks(live!.title)) } };
}

const listed = (titles: string[], rest: string): string[] =>
  titles.length > 1 ? [...titles, rest].filter(Boolean) : [];

/** Sent to the owner for all listings that are approved within ten minutes. */
export const listingsApproved: MailDefinition<ListingsApprovedFacts> = {
  load,
  en: ({ name, partnerName, count, titles }) => ({
    subject: `${partnerName}: ${count === 1 ? 'your listing was approved' : `${count} of your listings were approved`}`,
    greeting: `Hello ${name},`,
    paragraphs: [
      count === 1 ? `Your listing “${titles[0]}” was approved.` : `${count} of your listings were approved:`,
      ...listed(titles, count > titles.length ? `and ${count - titles.length} more` : ''),
    ],
  }),
  de: ({ name, partnerName, count, titles }) => ({
    subject: `${partnerName}: ${count === 1 ? 'Ihre Anzeige wurde' : `${count} Ihrer Anzeigen wurden`} freigegeben`,
    greeting: `Guten Tag ${name},`,
    paragraphs: [
      count === 1 ? `Ihre Anzeige „${titles[0]}“ wurde freigegeben.` : `${count} Ihrer Anzeigen wurden freigegeben:`,
      ...listed(titles, count > titles.length ? `und ${count - titles.length} weitere` : ''),
    ],
  }),
};
