import { daysLeftOf } from '../../domain/listings/expiry/notices';
import type { LoadedMail, LoadMailInput, MailDefinition } from '../mail-definition';
import { dayIn, loadListings, otherListings, type ListingsFacts, type NamedListing } from './named-listings';

interface EndingListing extends NamedListing {
  /** The days to the last day as of the sending, by the partner's calendar; 0 on that day. */
  daysLeft: number;
}

/**
 * Returns the listings whose last notice this mail is, and that are in one of the states. Each notice names its mail,
 * and a new end takes the name away.
 */
const loadNoticed = ({ models, tenantId, mail: { key, data } }: LoadMailInput, filter: object) =>
  loadListings({
    models,
    tenantId,
    ownerUserId: String(data.ownerUserId),
    filter: { noticeMail: key, ...filter },
    sort: { state: 1, expiresAt: 1, _id: 1 },
  });

/** Returns the days left as of the sending too; no listing whose end has passed, or that had a later notice. */
async function loadReminder(input: LoadMailInput): Promise<LoadedMail<ListingsFacts<EndingListing>> | null> {
  const { at } = input;
  const loaded = await loadNoticed(input, { state: 'live', expiresAt: { $gt: at } });
  if (!loaded) return null;
  const { timeZone, facts } = loaded;
  const listings = facts.listings.map((listing) => ({
    ...listing,
    daysLeft: daysLeftOf({ lastDay: listing.lastDay, timeZone, at }),
  }));
  return { ...loaded, facts: { ...facts, listings } };
}

/** Returns the listings whose end has come; none that buyers were not to see any more before it. */
const loadPassedEnd = (input: LoadMailInput): Promise<LoadedMail<ListingsFacts> | null> =>
  loadNoticed(input, { state: { $in: ['live', 'expired'] } });

const inDays = (daysLeft: number): string =>
  daysLeft === 0 ? 'today' : daysLeft === 1 ? 'tomorrow' : `in ${daysLeft} days`;

const inTagen = (daysLeft: number): string =>
  daysLeft === 0 ? 'heute' : daysLeft === 1 ? 'morgen' : `in ${daysLeft} Tagen`;

/** Sent to the owner before the end, with the days that are left; once for all listings that are due together. */
export const listingReminder: MailDefinition<ListingsFacts<EndingListing>> = {
  load: loadReminder,
  en: (facts, write) => {
    const { name, partnerName, count, listings } = facts;
    const lines = listings.map(
      ({ title, daysLeft, lastDay, expiresAt }) =>
        `The last day of your listing “${title}” is ${inDays(daysLeft)}: ${dayIn('en', lastDay)}. ` +
        `Buyers see it until ${write.time(expiresAt)}.`,
    );
    const isOne = count === 1;
    return {
      subject: isOne
        ? `${partnerName}: the last day of your listing is ${inDays(listings[0]!.daysLeft)}`
        : `${partnerName}: ${count} of your listings end soon`,
      greeting: `Hello ${name},`,
      paragraphs: [
        ...(isOne ? [] : [`${count} of your listings end soon:`]),
        ...lines,
        ...otherListings(facts, 'en'),
        `If ${isOne ? 'it' : 'a listing'} is renewed before then, it stays where it is and loses no day.`,
      ],
    };
  },
  de: (facts, write) => {
    const { name, partnerName, count, listings } = facts;
    const lines = listings.map(
      ({ title, daysLeft, lastDay, expiresAt }) =>
        `Der letzte Tag Ihrer Anzeige „${title}“ ist ${inTagen(daysLeft)}: ${dayIn('de', lastDay)}. ` +
        `Zu sehen ist sie bis ${write.time(expiresAt)}.`,
    );
    const isOne = count === 1;
    return {
      subject: isOne
        ? `${partnerName}: der letzte Tag Ihrer Anzeige ist ${inTagen(listings[0]!.daysLeft)}`
        : `${partnerName}: ${count} Ihrer Anzeigen enden bald`,
      greeting: `Guten Tag ${name},`,
      paragraphs: [
        ...(isOne ? [] : [`${count} Ihrer Anzeigen enden bald:`]),
        ...lines,
        ...otherListings(facts, 'de'),
        `Wird ${isOne ? 'sie' : 'eine Anzeige'} vorher verlängert, bleibt sie stehen, und kein Tag geht verloren.`,
      ],
    };
  },
};

/** Sent to the owner after the end, once for all listings whose notices are due together. */
export const listingEnd: MailDefinition<ListingsFacts> = {
  load: loadPassedEnd,
  en: (facts, write) => {
    const { name, partnerName, count, listings } = facts;
    const lines = listings.map(
      ({ title, lastDay, expiresAt }) =>
        `Your listing “${title}” has ended: its last day was ${dayIn('en', lastDay)}, ` +
        `and buyers have not seen it since ${write.time(expiresAt)}.`,
    );
    return {
      subject: `${partnerName}: ${count === 1 ? 'your listing has' : `${count} of your listings have`} ended`,
      greeting: `Hello ${name},`,
      paragraphs: [
        ...(count === 1 ? [] : [`${count} of your listings have ended:`]),
        ...lines,
        ...otherListings(facts, 'en'),
      ],
    };
  },
  de: (facts, write) => {
    const { name, partnerName, count, listings } = facts;
    const lines = listings.map(
      ({ title, lastDay, expiresAt }) =>
        `Ihre Anzeige „${title}“ ist abgelaufen: Ihr letzter Tag war der ${dayIn('de', lastDay)}, ` +
        `seit ${write.time(expiresAt)} ist sie nicht mehr zu sehen.`,
    );
    return {
      subject: `${partnerName}: ${count === 1 ? 'Ihre Anzeige ist' : `${count} Ihrer Anzeigen sind`} abgelaufen`,
      greeting: `Guten Tag ${name},`,
      paragraphs: [
        ...(count === 1 ? [] : [`${count} Ihrer Anzeigen sind abgelaufen:`]),
        ...lines,
        ...otherListings(facts, 'de'),
      ],
    };
  },
};
