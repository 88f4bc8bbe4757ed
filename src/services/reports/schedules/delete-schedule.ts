import { scheduleStates } from '../../../domain/reports/schedule';
import { applyStep } from '../../apply-step';
import { endBackfillOf } from './backfill-operation';
import { closeGroup } from '../delivery/deliver-reports';
import type { ScheduleChangeInput } from './change-schedule';

/**
 * Deletes a schedule and its runs within the caller's transaction, and ends its backfill. The reports stay, and the
 * timeline, which ends with `report_schedule.deleted`.
 */
export async function deleteSchedule({
  database,
  session,
  schedule,
  by,
  at,
}: Omit<ScheduleChangeInput, 'offsetMs'>): Promise<void> {
  const { _id: scheduleId, tenantId } = schedule;
  const { reportSchedules, reportRuns } = database.models;
  await applyStep(
    database,
    {
      tenantId,
      entityType: 'report_schedule',
      entityId: scheduleId,
      step: 'delete',
      from: scheduleStates,
      at: at.toISOString(),
      by,
      event: { type: 'report_schedule.deleted' },
      alongside: async (within) => {
        await reportSchedules.deleteOne({ _id: scheduleId, tenantId }, { session: within });
        await reportRuns.deleteMany({ tenantId, scheduleId }, { session: within });
        await endBackfillOf({ database, session: within, tenantId, scheduleId, at });
        await closeGroup({ database, session: within, schedule });
      },
    },
    session,
  );
}
