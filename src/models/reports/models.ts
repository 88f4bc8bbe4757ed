import type { Connection } from 'mongoose';
import { reportFileSchema, type ReportFile } from './file';
import { reportBucketSchema, type ReportBucket } from './report-bucket';
import { reportPartSchema, type ReportPart } from './report-part';
import { reportLinkSchema, type ReportLink } from './report-link';
import { reportRecipientSchema, type ReportRecipient } from './report-recipient';
import { reportSchema, type Report } from './report';
import { reportRunSchema, type ReportRun } from './report-run';
import { reportScheduleSchema, type ReportScheduleRow } from './report-schedule';
import { reportSlotsSchema, type ReportSlots } from './report-slots';
import { storedChunkSchema, storedFileSchema, type StoredChunk, type StoredFile } from './stored-file';

/** Defines the models of reports and of their files. */
export const reportsModels = (connection: Connection) => ({
  reports: connection.model<Report>('Report', reportSchema),
  reportParts: connection.model<ReportPart>('ReportPart', reportPartSchema),
  reportBuckets: connection.model<ReportBucket>('ReportBucket', reportBucketSchema),
  reportSlots: connection.model<ReportSlots>('ReportSlots', reportSlotsSchema),
  reportSchedules: connection.model<ReportScheduleRow>('ReportSchedule', reportScheduleSchema),
  reportLinks: connection.model<ReportLink>('ReportLink', reportLinkSchema),
  reportRecipients: connection.model<ReportRecipient>('ReportRecipient', reportRecipientSchema),
  reportRuns: connection.model<ReportRun>('ReportRun', reportRunSchema),
  files: connection.model<ReportFile>('ReportFile', reportFileSchema),
  storedFiles: connection.model<StoredFile>('StoredFile', storedFileSchema),
  storedChunks: connection.model<StoredChunk>('StoredChunk', storedChunkSchema),
});

/** The model by entity type. */
export const reportsEntityModels = { report: 'reports', report_schedule: 'reportSchedules' } as const;
