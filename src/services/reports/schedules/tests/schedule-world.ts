import { newId } from '../../../../domain/ids';
import { tenantIdOf } from '../../../../domain/tenant';
import type { ReportRun } from '../../../../models/reports/report-run';
import type { ReportScheduleRow } from '../../../../models/reports/report-schedule';
import { openTestDatabase } from '../../../../testing/servers/test-database';
import { tester } from '../../../../testing/worlds/base-world';
import { createClock } from '../../../clock';
import { ensureSlots } from '../../slots';
import { acceptDueOf } from '../accept-due-of';
import { acceptDueReports } from '../accept-due-reports';
import { acceptSchedule, type ScheduleRequest } from '../accept-schedule';
import { changeSchedule, type ScheduleChangeInput, type SchedulePatch } from '../change-schedule';
import { triggerSchedule, type TriggerScheduleInput } from '../trigger-schedule';

export type ScheduleWorld = Awaited<ReturnType<typeof openScheduleWorld>>;

/** Opens a sandbox whose clock stands where a test wants it, with schedules that were made at any time before. */
export async function openScheduleWorld() {
  const { database, drop } = await openTestDatabase();
  const { models } = database;
  const tenantId = tenantIdOf({ partnerId: newId('partner'), mode: 'sandbox' });
  const clock = createClock({ database });
  const offsetMs = (): Promise<number> => clock.offsetMs(tenantId);
  await ensureSlots({ database, tenantId });

  const within = async (schedule: ReportScheduleRow) => ({
    database,
    schedule,
    by: tester,
    at: await clock.now(tenantId),
    offsetMs: await offsetMs(),
  });
  const read = (scheduleId: string): Promise<ReportScheduleRow> =>
    models.reportSchedules.findById(scheduleId).orFail().lean<ReportScheduleRow>().exec();
  /** Changes a schedule as it stands now. */
  const change = async (scheduleId: string, by: (input: ScheduleChangeInput) => Promise<ReportScheduleRow>) => {
    const input = await within(await read(scheduleId));
    return database.inTransaction((session) => by({ ...input, session }));
  };

  return {
    database,
    tenantId,
    /** Sets the clock; schedules that were made before are due by the old one. */
    async setNow(instant: string): Promise<void> {
      const ahead = { offsetMs: Date.parse(instant) - Date.now(), updatedAt: new Date() };
      const rest = { tenantId, advancing: null, resetting: null, resets: 0 };
      await models.sandboxClocks.updateOne({ _id: tenantId }, { $set: ahead, $setOnInsert: rest }, { upsert: true });
    },
    /** Makes a schedule that is due at 06:00 of Berlin, at any instant before now. */
    create: (at: string, request: Partial<ScheduleRequest> = {}): Promise<ReportScheduleRow> =>
      database.inTransaction(async (session) =>
        acceptSchedule({
          database,
          session,
          tenantId,
          request: {
            type: 'payments',
            period: 'day',
            at: '06:00',
            timeZone: 'Europe/Berlin',
            formats: ['csv'],
            ...request,
          },
          correlationId: 'test',
          by: tester,
          at: new Date(at),
          offsetMs: await offsetMs(),
        }),
      ),
    read,
    change,
    patch: (scheduleId: string, patch: SchedulePatch) =>
      change(scheduleId, (input) => changeSchedule({ ...input, patch })),
    trigger: (scheduleId: string, wish: Pick<TriggerScheduleInput, 'period' | 'remake'> = {}) =>
      change(scheduleId, async (input) => {
        await triggerSchedule({ ...input, ...wish, correlationId: 'test' });
        return input.schedule;
      }),
    /** Sweeps one schedule. Returns the number of reports. */
    sweepOne: (scheduleId: string): Promise<number> => acceptDueOf({ database, tenantId, scheduleId }),
    /** Sweeps all pages, as the workflow does. Returns the number of reports. */
    async sweep(onSchedule?: () => void): Promise<number> {
      let accepted = 0;
      let after = null;
      do {
        const page = await acceptDueReports({ database, at: new Date(), after, onSchedule });
        accepted += page.accepted;
        after = page.next;
      } while (after);
      return accepted;
    },
    runsOf: (scheduleId: string): Promise<ReportRun[]> =>
      models.reportRuns.find({ tenantId, scheduleId }).sort({ startAt: 1 }).lean<ReportRun[]>().exec(),
    close: drop,
  };
}

/** Returns the outcomes of runs with their numbers, such as `{ backlog: 9, made: 31 }`. */
export function countsOf(runs: readonly ReportRun[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { outcome, reason } of runs) {
    const name = reason ?? outcome ?? 'making';
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

/** Expects that windows join without a gap or an overlap. */
export function expectJoined(runs: readonly ReportRun[]): void {
  const starts = runs.slice(1).map(({ window }) => window.startAt);
  expect(starts).toEqual(runs.slice(0, -1).map(({ window }) => window.endAt));
}
