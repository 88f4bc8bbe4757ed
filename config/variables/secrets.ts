import { secret } from '../variable-types';
import type { Variable } from './variable';

export const secretsVariables = {
  OPERATOR_KEY: {
    group: 'Secrets',
    type: secret,
    allowed: 'at least 32 characters',
    meaning: 'Key of the operator, who administers partners',
    secret: true,
  },
  TOKEN_SECRET: {
    group: 'Secrets',
    type: secret,
    allowed: 'at least 32 characters',
    meaning: 'Signs verification links; a change makes all open links invalid',
    secret: true,
  },
} as const satisfies Record<string, Variable>;
