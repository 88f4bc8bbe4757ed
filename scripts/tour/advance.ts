import { poll } from './poll.ts';
import type { TourContext } from './stage.ts';

const ADVANCED_WITHIN_MS = 60_000;

/** Advances the sandbox's clock, and waits until every process has reached the time. */
export async function advance(api: TourContext['api'], by: string): Promise<void> {
  const { id } = await api.call({ method: 'POST', path: '/sandbox/clock/advance', body: { by } });
  const path = `/operations/${String(id)}`;
  const probe = async (): Promise<Record<string, unknown> | null> => {
    const operation = await api.call({ method: 'GET', path });
    if (operation.state === 'failed')
      throw new Error(`the clock could not be advanced: ${JSON.stringify(operation.failure)}`);
    return operation.state === 'completed' ? operation : null;
  };
  await poll({ what: `The end of ${path}`, withinMs: ADVANCED_WITHIN_MS, probe });
}
