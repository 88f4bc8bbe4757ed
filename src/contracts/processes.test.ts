import workflows = require('../../workflows');
import { LISTING_EXPIRATION } from './listings/expiration';
import type { ProcessEntity } from './process';
import { startOf } from './process';
import { DAILY_REPORT } from './reports/daily-report';
import { REPORT_SCHEDULES } from './reports/report-schedules';
import { processes, processOf } from './processes';
import { SUBSCRIPTION_PAYMENT } from './subscriptions/subscription';

/** Workflows that do not live as long as an entity. */
const WITHOUT_ENTITY = [
  'listingApprovalWorkflow',
  LISTING_EXPIRATION,
  'listingExpirationWorkflow',
  SUBSCRIPTION_PAYMENT,
  REPORT_SCHEDULES,
  DAILY_REPORT,
  'dailyReportWorkflow',
];
const entity: ProcessEntity = { _id: 'ent_1', tenantId: 'ptn_1:sandbox', correlationId: 'cor_1' };

it('registers every workflow that lives as long as an entity', () => {
  const registered = processes.map(({ workflowType }) => workflowType);
  expect([...registered, ...WITHOUT_ENTITY].sort()).toEqual(Object.keys(workflows).sort());
  expect(new Set(processes.map(({ entityType }) => entityType)).size).toBe(processes.length);
});

it('finds each registered workflow in the modules of its domain', () => {
  for (const [name, workflow] of Object.entries(workflows)) expect([name, typeof workflow]).toEqual([name, 'function']);
});

describe.each(processes.map((process) => [process.workflowType, process] as const))('%s', (_type, process) => {
  it('returns the entity of its own workflow ids only', () => {
    const workflowId = process.workflowId(entity);
    expect(workflowId).toBe(startOf({ process, entity }).workflowId);
    expect(process.entityIdOf(workflowId)).toBe(entity._id);
    const foreign = processes.filter((other) => other !== process).map((other) => other.workflowId(entity));
    const misshapen = ['', process.workflowType, `${workflowId}/1`, `${process.workflowType}Payment/ent_1`];
    for (const other of [...foreign, ...misshapen]) expect(process.entityIdOf(other)).toBeNull();
  });

  it('begins in an open state, and every state is either open or ended', () => {
    const { states, openStates, endedStates, firstState } = process;
    expect(openStates).toContain(firstState);
    expect(endedStates).not.toHaveLength(0);
    expect([...openStates, ...endedStates].sort()).toEqual([...states].sort());
  });

  it('starts with ids only, and after a closed run only for an operator', () => {
    const start = startOf({ process, entity });
    expect(start).not.toHaveProperty('restart');
    expect(start.input).toMatchObject({ tenantId: entity.tenantId, correlationId: entity.correlationId });
    expect(Object.values(start.input)).toContain(entity._id);
    expect(startOf({ process, entity, restart: true })).toEqual({ ...start, restart: true });
  });

  it('is found by its kind of entity', () => {
    expect(processOf(process.entityType)).toBe(process);
  });
});
