import type { z } from 'zod';
import { wholeNumber } from './variable-types';

/** A variable of the environment, as the program reads it and the README shows it. */
export interface Variable {
  group:
    | 'API'
    | 'Administration'
    | 'Servers'
    | 'Secrets'
    | 'Mail'
    | 'Gateways'
    | 'Worker'
    | 'Shutdown'
    | 'Logs and features';
  meaning: string;
  /** What a value has to be, in words. */
  allowed: string;
  unit?: string;
  type: z.ZodType<unknown, string>;
  /** The value as it would be written; null where the variable may stay unset; absent where it has to be set. */
  default?: string | null;
  /** Roles that cannot do without it, where others can. */
  requiredBy?: readonly string[];
  /** Other defaults for single roles. */
  defaultByRole?: Readonly<Record<string, string>>;
  /** Its value is never shown, not even when it is bad. */
  secret?: true;
}

export const MINUTE_MS = 60_000;
/** A whole number of milliseconds up to `max`. */
export const milliseconds = (max: number) => ({
  type: wholeNumber(0, max),
  unit: 'ms',
  allowed: `a whole number from 0 to ${max}`,
});
/** A whole number from `min` to `max`. */
export const between = (min: number, max: number) => ({
  type: wholeNumber(min, max),
  allowed: `a whole number from ${min} to ${max}`,
});
