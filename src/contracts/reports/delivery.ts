import type { ReportWindow } from '../../domain/reports/calendar/window';
import type { Figure } from '../../domain/reports/report-content';
import type { ReportFormat, ReportType } from '../../domain/reports/report-type';
import type { MailRequest } from '../outbox';

/** A file that goes with a mail where it fits. */
export interface DeliveredFile {
  name: string;
  mediaType: string;
  bytes: number;
  /** Returns the content, whose digest was checked; null for a file that is damaged or gone. */
  read(): Promise<Buffer | null>;
}

/** A report as a mail tells of it. */
export interface DeliveredReport {
  id: string;
  type: ReportType;
  window: ReportWindow;
  /** False for a window that was not over. */
  complete: boolean;
  figures: readonly Figure[];
  warnings: readonly string[];
  links: readonly { format: ReportFormat; url: string }[];
  /** Null where the recipient wants none. */
  file: DeliveredFile | null;
}

/** What one address gets: reports that are delivered together, the oldest window first. */
export interface ReportDelivery {
  reports: readonly DeliveredReport[];
  /** The instant from which on the links are dead; the tenant's time. */
  linksUntil: Date;
  unsubscribeUrl: string;
  /** True for a mail that was asked for to see what recipients get. */
  isTest: boolean;
}

export interface ReportMailInput {
  tenantId: string;
  mail: MailRequest;
  /** The tenant's time. */
  at: Date;
}

/** Loads what mails about reports need that is no data of the entity. */
export interface ReportMails {
  /** Makes the links of a mail; the same ones when it is repeated. Returns null where nothing is wanted any more. */
  deliveryOf(input: ReportMailInput): Promise<ReportDelivery | null>;
  /** Returns the address of the page that unsubscribes; null for a recipient who has unsubscribed. */
  unsubscribeUrlOf(input: Pick<ReportMailInput, 'tenantId' | 'mail'>): Promise<string | null>;
}

/**
 * The data of a mail to a recipient of reports. `group` names the reports that are delivered together, `reportId` the
 * one report of a mail that was asked for; `scope` is what the recipient may unsubscribe from.
 */
export type ReportMailData = {
  group: string | null;
  reportId: string | null;
  scope: string;
  scheduleId: string | null;
  /** Names the recipient without its address, such as "recipient 2". */
  recipient: string;
};
