import type { Client } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/common';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { modes, tenantIdOf } from '../../domain/tenant';
import type { Database } from '../../models/database';
import { inBatches } from '../in-batches';
import type { KeptHistory } from '../replay/replay-histories';
import { historyViolations } from './history-violations';
import { findPersonTexts } from './person-texts';

/** The histories of one world that are decoded at most: a test of a thousand runs has the same ones again and again. */
const MOST = 60;
/** The partners whose runs are looked for. */
const MOST_PARTNERS = 50;

export interface LiveViolationsInput {
  client: Client;
  /** Names the tenants of the world: the namespace has the runs of earlier test files too, some of them years ahead. */
  database: Database;
}

/**
 * Decodes the histories of a world's runs, ended or not, and returns what must not stand in them: see
 * {@link historyViolations}. The known texts are those in the world's database.
 */
export async function liveViolations({ client, database }: LiveViolationsInput): Promise<string[]> {
  const texts = await findPersonTexts(database);
  const runs: { workflowId: string; runId: string }[] = [];
  const partners = await database.models.partners.find({}, { _id: 1 }).limit(MOST_PARTNERS).lean();
  const tenants = partners.flatMap(({ _id: partnerId }) => modes.map((mode) => tenantIdOf({ partnerId, mode })));
  if (tenants.length === 0) return [];
  const query = `TenantId IN (${tenants.map((tenantId) => `"${tenantId}"`).join(', ')})`;
  for await (const run of client.workflow.list({ query })) {
    runs.push(run);
    if (runs.length === MOST) break;
  }
  const found: string[] = [];
  await inBatches(runs, async ({ workflowId, runId }) => {
    const history = await fetchHistory(client, workflowId, runId);
    if (!history) return;
    found.push(...historyViolations({ history: JSON.parse(historyToJSON(history)) as KeptHistory, texts }));
  });
  return found;
}

/** Returns null for a run that the reset of a sandbox has deleted. */
const fetchHistory = (client: Client, workflowId: string, runId: string) =>
  client.workflow
    .getHandle(workflowId, runId)
    .fetchHistory()
    .catch((error: unknown) => {
      if (error instanceof WorkflowNotFoundError) return null;
      throw error;
    });
