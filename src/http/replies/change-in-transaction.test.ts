import type { Database } from '../../models/database';
import { changeInTransaction } from './change-in-transaction';
import { Turns } from './turns';

/** Makes a change during which the deadline passes or not; resolves where it would be committed. */
async function change({ isLate }: { isLate: boolean }): Promise<string> {
  let passed = false;
  const deadline = {
    throwIfPassed: () => {
      if (passed) throw new Error('late');
    },
  };
  return changeInTransaction({
    database: { inTransaction: async (work: Database['inTransaction']) => work(undefined as never) } as never,
    turns: new Turns(),
    contended: 'lst_1',
    call: { tenantId: 'ptn_1:live', deadline } as never,
    change: async () => {
      passed = isLate;
      return 'made';
    },
  });
}

// Changes are listed in the order of their dates once none before them can be committed any more.
it('a change during which the deadline passes is not committed', async () => {
  await expect(change({ isLate: true })).rejects.toThrow('late');
  await expect(change({ isLate: false })).resolves.toBe('made');
});
