import { requireReportType } from '../../domain/reports/report-request';
import { MAX_FAILURES } from '../../domain/reports/schedule';
import { tenantOf } from '../../domain/tenant';
import type { LoadedMail, LoadMailInput, MailDefinition, MailFacts } from '../mail-definition';
import { localeToWriteIn } from '../mail-text';
import { withoutLinks } from '../typed-text';
import { unsubscribeHeaders } from './unsubscribe-headers';

interface SchedulePausedFacts extends MailFacts {
  scheduleId: string;
  /** The title of the type of report. */
  title: string;
  unsubscribeUrl: string;
}

/** Returns null for a schedule that is deleted, or no longer paused for its failures. */
async function load(input: LoadMailInput): Promise<LoadedMail<SchedulePausedFacts> | null> {
  const { models, tenantId, entityId: scheduleId, mail, reportMails } = input;
  const paused = { _id: scheduleId, tenantId, state: 'paused', pausedFor: 'failing' } as const;
  const schedule = await models.reportSchedules.findOne(paused, { type: 1 }).lean();
  const partner = await models.partners.findById(tenantOf(tenantId).partnerId).lean().orFail();
  const unsubscribeUrl = await reportMails.unsubscribeUrlOf(input);
  if (!schedule || unsubscribeUrl === null || mail.to === null) return null;
  return {
    to: mail.to,
    user: null,
    locale: localeToWriteIn(partner, partner),
    timeZone: partner.timeZone,
    facts: {
      partnerName: partner.name,
      scheduleId,
      title: requireReportType(schedule.type).title,
      unsubscribeUrl,
    },
    headers: unsubscribeHeaders(unsubscribeUrl),
  };
}

/** Sent to the recipients of a schedule that its failures have paused: no mail is not to look like no news. */
export const schedulePaused: MailDefinition<SchedulePausedFacts> = {
  load,
  en: ({ partnerName, title, scheduleId, unsubscribeUrl }) => ({
    subject: `${partnerName}: reports are paused (${title})`,
    greeting: 'Hello,',
    paragraphs: [
      `The report “${title}” of ${withoutLinks(partnerName)} failed ${MAX_FAILURES} times in a row, so its ` +
        'schedule is paused. You get no further reports until it is resumed.',
      `The schedule: ${scheduleId}`,
    ],
    footlink: { label: 'Unsubscribe from these mails', url: unsubscribeUrl },
  }),
  de: ({ partnerName, title, scheduleId, unsubscribeUrl }) => ({
    subject: `${partnerName}: Berichte sind angehalten (${title})`,
    greeting: 'Guten Tag,',
    paragraphs: [
      `Der Bericht „${title}“ von ${withoutLinks(partnerName)} ist ${MAX_FAILURES}-mal hintereinander ` +
        'fehlgeschlagen. Sein Zeitplan ist angehalten, und Sie erhalten keine weiteren Berichte, bis er fortgesetzt ' +
        'wird.',
      `Der Zeitplan: ${scheduleId}`,
    ],
    footlink: { label: 'Diese Mails abbestellen', url: unsubscribeUrl },
  }),
};
