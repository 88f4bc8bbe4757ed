import { newestContent } from '../../domain/listings/edit-listing';
import { daysLeftOf } from '../../domain/listings/expiry/notices';
import { tenantOf } from '../../domain/tenant';
import type { Listing } from '../../models/listings/listing';
import type { LoadedMail, LoadMailInput, MailDefinition } from '../mail-definition';
import type { Language } from '../mail-text';
import { withoutLinks } from '../typed-text';
import { loadOwnerMail, type OwnerFacts } from './owner-mail';

interface EndFacts extends OwnerFacts {
  title: string;
  /** ISO 8601 date in the partner's time zone. */
  lastDay: string;
  expiresAt: Date;
}

interface ReminderFacts extends EndFacts {
  /** The days to the last day as of the sending, by the partner's calendar; 0 on that day. */
  daysLeft: number;
}

interface LoadedEnd {
  listing: Listing;
  loaded: LoadedMail<EndFacts>;
}

/** Returns the facts of a listing's end; null where the owner is gone, or the listing has another end by now. */
async function loadEnd({ models, tenantId, entityId, mail }: LoadMailInput): Promise<LoadedEnd | null> {
  const listing = await models.listings.findOne({ _id: entityId, tenantId }).lean();
  if (!listing?.ownerUserId || !listing.expiresAt || !listing.lastDay) return null;
  if (listing.expiresAt.toISOString() !== mail.data.expiresAt) return null;
  const owner = await loadOwnerMail({ models, tenantId, ownerUserId: listing.ownerUserId });
  const partner = await models.partners.findById(tenantOf(tenantId).partnerId, { timeZone: 1 }).lean();
  if (!owner || !partner) return null;
  const loaded = {
    ...owner,
    // The last day is one of the partner's calendar, and the midnight that ends it has to agree.
    timeZone: partner.timeZone,
    facts: {
      ...owner.facts,
      title: withoutLinks((listing.live ?? newestContent(listing)).title),
      lastDay: listing.lastDay,
      expiresAt: listing.expiresAt,
    },
  };
  return { listing, loaded };
}

/** Returns the days left as of the sending too; null where the end has passed, or a later reminder was written. */
async function loadReminder(input: LoadMailInput): Promise<LoadedMail<ReminderFacts> | null> {
  const { mail, at } = input;
  const end = await loadEnd(input);
  if (!end || end.listing.state !== 'live' || end.listing.remindedDays !== mail.data.daysLeft) return null;
  const { timeZone, facts } = end.loaded;
  if (facts.expiresAt <= at) return null;
  return { ...end.loaded, facts: { ...facts, daysLeft: daysLeftOf({ lastDay: facts.lastDay, timeZone, at }) } };
}

/** Returns the facts of an end that has come; null for a listing that buyers were not to see any more before it. */
async function loadPassedEnd(input: LoadMailInput): Promise<LoadedMail<EndFacts> | null> {
  const end = await loadEnd(input);
  return end && (end.listing.state === 'live' || end.listing.state === 'expired') ? end.loaded : null;
}

const dayIn = (language: Language, lastDay: string): string =>
  new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, { dateStyle: 'long', timeZone: 'UTC' }).format(
    new Date(lastDay),
  );

const inDays = (daysLeft: number): string =>
  daysLeft === 0 ? 'today' : daysLeft === 1 ? 'tomorrow' : `in ${daysLeft} days`;

const inTagen = (daysLeft: number): string =>
  daysLeft === 0 ? 'heute' : daysLeft === 1 ? 'morgen' : `in ${daysLeft} Tagen`;

/** Sent to the owner before the end, with the days that are left. */
export const listingReminder: MailDefinition<ReminderFacts> = {
  load: loadReminder,
  en: ({ name, partnerName, title, daysLeft, lastDay, expiresAt }, write) => ({
    subject: `${partnerName}: the last day of your listing is ${inDays(daysLeft)}`,
    greeting: `Hello ${name},`,
    paragraphs: [
      `The last day of your listing “${title}” is ${inDays(daysLeft)}: ${dayIn('en', lastDay)}. ` +
        `Buyers see it until ${write.time(expiresAt)}.`,
      'If it is renewed before then, it stays where it is and loses no day.',
    ],
  }),
  de: ({ name, partnerName, title, daysLeft, lastDay, expiresAt }, write) => ({
    subject: `${partnerName}: der letzte Tag Ihrer Anzeige ist ${inTagen(daysLeft)}`,
    greeting: `Guten Tag ${name},`,
    paragraphs: [
      `Der letzte Tag Ihrer Anzeige „${title}“ ist ${inTagen(daysLeft)}: ${dayIn('de', lastDay)}. ` +
        `Zu sehen ist sie bis ${write.time(expiresAt)}.`,
      'Wird sie vorher verlängert, bleibt sie stehen, und kein Tag geht verloren.',
    ],
  }),
};

/** Sent to the owner after the end. */
export const listingEnd: MailDefinition<EndFacts> = {
  load: loadPassedEnd,
  en: ({ name, partnerName, title, lastDay, expiresAt }, write) => ({
    subject: `${partnerName}: your listing has ended`,
    greeting: `Hello ${name},`,
    paragraphs: [
      `Your listing “${title}” has ended: its last day was ${dayIn('en', lastDay)}, ` +
        `and buyers have not seen it since ${write.time(expiresAt)}.`,
    ],
  }),
  de: ({ name, partnerName, title, lastDay, expiresAt }, write) => ({
    subject: `${partnerName}: Ihre Anzeige ist abgelaufen`,
    greeting: `Guten Tag ${name},`,
    paragraphs: [
      `Ihre Anzeige „${title}“ ist abgelaufen: Ihr letzter Tag war der ${dayIn('de', lastDay)}, ` +
        `seit ${write.time(expiresAt)} ist sie nicht mehr zu sehen.`,
    ],
  }),
};
