import os from 'node:os';
import { setTimeout } from 'node:timers/promises';
import mongoose, { type ClientSession, type Connection } from 'mongoose';
import { apiKeySchema, type ApiKey } from './partners/api-key';
import { compensationSchema, type Compensation } from './payments/compensation';
import { commandPayloadSchema, type CommandPayload } from './command-payload';
import { dailyCountSchema, type DailyCount } from './daily-count';
import { entitlementSchema, type Entitlement } from './users/entitlement';
import { eventSchema, type Event } from './event';
import { invoiceSchema, type Invoice } from './subscriptions/invoice';
import { gatewayEventSchema, type GatewayEvent } from './payments/gateway-event';
import { idempotencyRecordSchema, type IdempotencyRecord } from './idempotency-record';
import { ledgerPostingSchema, type LedgerPosting } from './payments/ledger-posting';
import { notificationSchema, type Notification } from './users/notification';
import { onboardingSchema, type Onboarding } from './users/onboarding';
import { operationSchema, type Operation } from './sandbox/operation';
import { outboxRowSchema, type OutboxRow } from './outbox-row';
import { partnerSchema, type Partner } from './partners/partner';
import { paymentSchema, type Payment } from './payments/payment';
import { planSchema, type Plan } from './subscriptions/plan';
import { refundSchema, type Refund } from './payments/refund';
import { sandboxClockSchema, type SandboxClock } from './sandbox/sandbox-clock';
import { stuckItemSchema, type StuckItem } from './operator/stuck-item';
import { subscriptionSchema, type Subscription } from './subscriptions/subscription';
import { userSchema, type User } from './users/user';

/** Every model of the program on one connection. */
export function defineModels(connection: Connection) {
  return {
    partners: connection.model<Partner>('Partner', partnerSchema),
    apiKeys: connection.model<ApiKey>('ApiKey', apiKeySchema),
    users: connection.model<User>('User', userSchema),
    onboardings: connection.model<Onboarding>('Onboarding', onboardingSchema),
    entitlements: connection.model<Entitlement>('Entitlement', entitlementSchema),
    notifications: connection.model<Notification>('Notification', notificationSchema),
    payments: connection.model<Payment>('Payment', paymentSchema),
    refunds: connection.model<Refund>('Refund', refundSchema),
    plans: connection.model<Plan>('Plan', planSchema),
    subscriptions: connection.model<Subscription>('Subscription', subscriptionSchema),
    invoices: connection.model<Invoice>('Invoice', invoiceSchema),
    ledgerPostings: connection.model<LedgerPosting>('LedgerPosting', ledgerPostingSchema),
    compensations: connection.model<Compensation>('Compensation', compensationSchema),
    gatewayEvents: connection.model<GatewayEvent>('GatewayEvent', gatewayEventSchema),
    events: connection.model<Event>('Event', eventSchema),
    outbox: connection.model<OutboxRow>('OutboxRow', outboxRowSchema),
    idempotency: connection.model<IdempotencyRecord>('IdempotencyRecord', idempotencyRecordSchema),
    commandPayloads: connection.model<CommandPayload>('CommandPayload', commandPayloadSchema),
    stuckItems: connection.model<StuckItem>('StuckItem', stuckItemSchema),
    dailyCounts: connection.model<DailyCount>('DailyCount', dailyCountSchema),
    operations: connection.model<Operation>('Operation', operationSchema),
    sandboxClocks: connection.model<SandboxClock>('SandboxClock', sandboxClockSchema),
  };
}

export type Models = ReturnType<typeof defineModels>;

export interface Database {
  connection: Connection;
  models: Models;
  /**
   * Runs `work` in one transaction: all of its writes or none. It may run more than once (a conflict is tried again),
   * so it only reads and writes here.
   */
  inTransaction<T>(work: (session: ClientSession) => Promise<T>): Promise<T>;
  /** Resolves when the server answers a ping; rejects otherwise. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

const RECONNECT_MS = 1000;

/**
 * Opens the connection. Returns at once even when the server is away: it goes on trying to reach it, and every
 * operation meanwhile fails within 1.5 s instead of hanging.
 */
export function openDatabase({
  uri,
  appName,
  maxPoolSize = 50,
}: {
  uri: string;
  appName: string;
  maxPoolSize?: number;
}): Database {
  const connection = mongoose.createConnection();
  const models = defineModels(connection);
  const closing = new AbortController();
  // Once connected the driver finds a lost server again by itself; only the first contact has to be repeated.
  const connect = async (): Promise<void> => {
    while (!closing.signal.aborted) {
      try {
        await connection.openUri(uri, connectOptions({ appName, maxPoolSize }));
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
        return await session.withTransaction(() => work(session));
      } finally {
        await session.endSession();
      }
    },
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

function connectOptions({ appName, maxPoolSize }: { appName: string; maxPoolSize: number }): mongoose.ConnectOptions {
  return {
    appName,
    maxPoolSize,
    serverSelectionTimeoutMS: 1500,
    connectTimeoutMS: 1500,
    waitQueueTimeoutMS: 1500,
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
