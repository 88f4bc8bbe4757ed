import {
  recordAmountDifference,
  type RecordAmountDifferenceInput,
} from '../../src/services/payments/record-amount-difference';
import { AmountDiffers } from './gateway-reports';

/**
 * Puts a result about another amount than was asked for on the operator's list; nothing of it is booked. Returns false,
 * and does nothing, for any other error.
 */
export async function listDifference(
  about: Omit<RecordAmountDifferenceInput, 'difference'>,
  error: unknown,
): Promise<boolean> {
  if (!(error instanceof AmountDiffers)) return false;
  await recordAmountDifference({ ...about, difference: error.difference });
  return true;
}
