import os from 'node:os';
import { setTimeout } from 'node:timers/promises';
import mongoose, { type ClientSession, type Connection } from 'mongoose';
import { defineModels, type Models } from './define-models';
import { forgetUncommitted, onDueRows, reportCommitted, type DueRow } from './due-rows';

export interface Database {
  connection: Connection;
  models: Models;
  /**
   * Runs `work` in one transaction: all of its writes or none. It may run more than once (a conflict is tried again),
   * so `work` only reads and writes the database.
   */
  inTransaction<T>(work: (session: ClientSession) => Promise<T>): Promise<T>;
  /**
   * Calls the listener with the outbox rows that this process has written, once they are committed. Returns a function
   * that ends the calls.
   */
  onDueRows(listener: (rows: readonly DueRow[]) => void): () => void;
  /** Resolves when the server responds to a ping; rejects otherwise. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

const RECONNECT_MS = 1000;

export interface OpenDatabaseInput {
  uri: string;
  appName: string;
  maxPoolSize?: number;
  /** Milliseconds until an operation fails while the server is unavailable. Defaults to 1500. */
  unavailableAfterMs?: number;
  /** True to have the connection emit the driver's `commandStarted` events. Defaults to false. */
  monitorCommands?: boolean;
}

/**
 * Opens the connection. Returns immediately even when the server is unavailable: the connection keeps trying to reach
 * the server, and until then every operation fails within `unavailableAfterMs` instead of hanging.
 */
export function openDatabase(input: OpenDatabaseInput): Database {
  const connection = mongoose.createConnection();
  const models = defineModels(connection);
  const closing = new AbortController();
  // Once connected the driver finds a lost server again by itself; only the first contact has to be repeated.
  const connect = async (): Promise<void> => {
    while (!closing.signal.aborted) {
      try {
        await connection.openUri(input.uri, connectOptions(input));
        return;
      } catch {
        await setTimeout(RECONNECT_MS, undefined, { ref: false, signal: closing.signal }).catch(() => undefined);
      }
    }
  };
  const connecting = connect();
  return {
    connection,
    models,
    async inTransaction(work) {
      const session = await connection.startSession();
      try {
        const result = await session.withTransaction(() => {
          forgetUncommitted(session);
          return work(session);
        });
        reportCommitted(connection, session);
        return result;
      } finally {
        await session.endSession();
      }
    },
    onDueRows: (listener) => onDueRows(connection, listener),
    async ping() {
      if (connection.readyState !== mongoose.STATES.connected) throw new Error('MongoDB is not connected');
      await connection.getClient().db().command({ ping: 1 });
    },
    async close() {
      closing.abort();
      await connecting;
      await connection.close(true);
    },
  };
}

function connectOptions({
  appName,
  maxPoolSize = 50,
  unavailableAfterMs = 1500,
  monitorCommands = false,
}: OpenDatabaseInput): mongoose.ConnectOptions {
  return {
    appName,
    monitorCommands,
    maxPoolSize,
    serverSelectionTimeoutMS: unavailableAfterMs,
    connectTimeoutMS: unavailableAfterMs,
    waitQueueTimeoutMS: unavailableAfterMs,
    heartbeatFrequencyMS: 2000,
    bufferCommands: false,
    autoCreate: false,
    autoIndex: false,
    writeConcern: { w: 'majority', journal: true },
    readConcern: { level: 'majority' },
    // The driver imports `os` itself, which is silently refused inside a jest VM.
    runtimeAdapters: { os },
  };
}
