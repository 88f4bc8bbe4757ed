import type { Connection } from 'mongoose';
import { operationSchema, type Operation } from './operation';
import { sandboxMailSchema, type SandboxMail } from './sandbox-mail';
import { sandboxClockSchema, type SandboxClock } from './sandbox-clock';

/** Defines the models of sandboxes. */
export const sandboxModels = (connection: Connection) => ({
  operations: connection.model<Operation>('Operation', operationSchema),
  sandboxMails: connection.model<SandboxMail>('SandboxMail', sandboxMailSchema),
  sandboxClocks: connection.model<SandboxClock>('SandboxClock', sandboxClockSchema),
});

/** The model by entity type. */
export const sandboxEntityModels = {
  operation: 'operations',
} as const;
