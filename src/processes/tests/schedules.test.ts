import { ScheduleNotFoundError } from '@temporalio/client';
import { schedules } from '../../contracts/schedules';
import { connectTemporal } from '../../temporal/connect-temporal';
import { killPrograms, start } from '../../testing/platform/program';

afterAll(killPrograms);

it('a worker makes every schedule when it starts', async () => {
  const address = process.env.TEST_TEMPORAL_ADDRESS!;
  const client = connectTemporal({ address, namespace: 'default', tls: false, apiKey: undefined });
  const handles = schedules.map(({ id }) => client.schedule.getHandle(id));
  for (const handle of handles)
    await handle.delete().catch((error: unknown) => {
      if (!(error instanceof ScheduleNotFoundError)) throw error;
    });
  const worker = await start('worker');
  await worker.until('ready');
  const made = await Promise.all(handles.map(async (handle) => (await handle.describe()).action.workflowType));
  expect(made).toEqual(schedules.map(({ workflowType }) => workflowType));
  expect(await worker.stop()).toBe(0);
  await client.connection.close();
});
