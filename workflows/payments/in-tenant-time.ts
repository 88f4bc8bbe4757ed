import { patched } from '@temporalio/workflow';
import type { BornInSandbox } from '../../src/contracts/sandbox/sandbox-clock';
import { alignedWithSandbox } from '../align-clock';

/**
 * {@link alignedWithSandbox}. Payments and refunds born in an advanced sandbox before they did this go on in real time.
 */
export async function inTenantTime(input: BornInSandbox): Promise<void> {
  if (input.sandboxOffsetMs !== undefined && patched('payments-in-tenant-time')) await alignedWithSandbox(input);
}
