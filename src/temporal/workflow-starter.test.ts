import type { Client } from '@temporalio/client';
import type { Database } from '../models/database';
import type { OutboxRow } from '../models/outbox-row';
import type { Logger } from '../telemetry/logger';
import { createWorkflowStarter } from './workflow-starter';

test("one tenant's burst leaves places for the starts of others", () => {
  const sent: string[] = [];
  const findOne = ({ tenantId }: { tenantId: string }) => {
    sent.push(tenantId);
    return { lean: () => new Promise(() => undefined) };
  };
  const starter = createWorkflowStarter({
    client: {} as Client,
    database: { models: { payments: { findOne } } } as unknown as Database,
    logger: {} as Logger,
    onStarted: () => undefined,
  });
  const startTimes = (tenantId: string, times: number) => {
    const row = { _id: 'row', tenantId, entityType: 'payment', entityId: 'pay_1', start: {} } as unknown as OutboxRow;
    for (let time = 0; time < times; time += 1) starter.startSoon(row);
    return sent.filter((each) => each === tenantId).length;
  };
  expect(startTimes('a', 100)).toBe(10);
  expect(startTimes('b', 100)).toBe(5);
  expect(startTimes('c', 1)).toBe(1);
});
