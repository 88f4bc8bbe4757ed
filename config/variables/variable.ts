import type { z } from 'zod';
import { wholeNumber } from './variable-types';

/** A variable of the environment, as the program reads it and the README documents it. */
export interface Variable {
  group:
    | 'API'
    | 'Administration'
    | 'Servers'
    | 'Secrets'
    | 'Mail'
    | 'Gateways'
    | 'URLs of others'
    | 'Memory'
    | 'Worker'
    | 'Shutdown'
    | 'Logs and features';
  meaning: string;
  /** The allowed values, in words. */
  allowed: string;
  unit?: string;
  type: z.ZodType<unknown, string>;
  /** The default as written in a file; null when the variable may stay unset; absent when it is required. */
  default?: string | null;
  /** Roles that require a variable which is optional for the others. */
  requiredBy?: readonly string[];
  /** Other defaults for single roles. */
  defaultByRole?: Readonly<Record<string, string>>;
  /** True when the value is never shown, not even a bad one. */
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
