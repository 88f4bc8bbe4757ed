import type { Logger } from 'pino';
import type { FileStore } from '../../domain/reports/file-store';
import type { Database } from '../../models/database';
import { sweepFiles, type SweptFiles } from '../../services/reports/sweep-files';

export const SWEEP_FILES_EVERY_MS = 60_000;

export interface FileSweepInput {
  database: Database;
  fileStore: FileStore;
  logger: Pick<Logger, 'info' | 'warn'>;
}

/** Returns the periodic work that removes deleted and abandoned files; rejects while the storage is unavailable. */
export const createFileSweep =
  ({ database, fileStore, logger }: FileSweepInput) =>
  async (signal?: AbortSignal): Promise<SweptFiles> => {
    const onFailure = ({ fileId, error }: { fileId: string; error: Error }): void =>
      logger.warn({ fileId, reason: error.name }, 'A file could not be removed; it will be tried again');
    const swept = await sweepFiles({ database, store: fileStore, onFailure, signal });
    if (swept.orphans > 0) logger.warn(swept, 'Stored files that no row names were removed');
    return swept;
  };
