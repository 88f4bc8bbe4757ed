import type { CallOf } from '../handler';
import { sandboxClockHandlers, type SandboxClockHandlersInput } from './sandbox-clock';

it('a reset that takes longer than its deadline goes on, and its response says so', async () => {
  const restart = jest.fn();
  const { resetSandboxClock } = sandboxClockHandlers({
    database: { models: {} },
    idempotency: { commandOnce: ({ send }: { send: () => Promise<unknown> }) => send() },
    resetSandbox: () => Promise.reject(new Error('The reset was tried')),
  } as unknown as SandboxClockHandlersInput);
  const call = { tenantId: 'ptn_1:sandbox', headers: {}, operation: {}, deadline: { restart } };
  await expect(resetSandboxClock(call as unknown as CallOf<'resetSandboxClock'>)).rejects.toThrow('was tried');
  expect(restart).toHaveBeenCalledWith(25_000, expect.objectContaining({ code: 'OUTCOME_PENDING' }));
});
