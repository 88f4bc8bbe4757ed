import { z } from 'zod';
import { flagNames, flags, parseFlags } from '../flags';
import type { Variable } from './variable';

const flagsWithDefaults = flagNames.map((name) => `${name} (${flags[name].on ? 'on' : 'off'})`).join(', ');

/** Logs, and switches of single features. */
export const logVariables = {
  LOG_LEVEL: {
    group: 'Logs and features',
    default: 'info',
    type: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']),
    allowed: 'fatal, error, warn, info, debug, trace or silent',
    meaning: 'Lowest level that is logged',
  },
  LOG_FORMAT: {
    group: 'Logs and features',
    default: 'auto',
    type: z.enum(['auto', 'json', 'pretty']),
    allowed: 'auto, json or pretty',
    meaning: 'auto is pretty on a terminal and JSON elsewhere',
  },
  FEATURES: {
    group: 'Logs and features',
    default: '',
    type: z.string().transform((list, context) => {
      try {
        return parseFlags(list);
      } catch {
        context.addIssue({ code: 'custom' });
        return z.NEVER;
      }
    }),
    allowed: `a comma list of ${flagsWithDefaults}; a minus before a name switches it off`,
    meaning: 'Switches of single features',
  },
} as const satisfies Record<string, Variable>;
