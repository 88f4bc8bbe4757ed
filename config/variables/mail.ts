import { z } from 'zod';
import { urlOf } from '../variable-types';
import type { Variable } from './variable';

export const mailVariables = {
  SMTP_URL: {
    group: 'Mail',
    default: 'smtp://127.0.0.1:1025',
    type: urlOf('smtp', 'smtps'),
    allowed: 'an smtp or smtps URL',
    meaning: 'Server that takes our mails',
    secret: true,
  },
  MAIL_FROM: {
    group: 'Mail',
    default: 'Partner Platform <no-reply@partner-platform.test>',
    type: z.string().regex(/^[^\r\n]*[^\s@]+@[^\s@]+$/),
    allowed: 'an address, or a name and <address>',
    meaning: 'Sender of our mails',
  },
  OPERATOR_EMAIL: {
    group: 'Mail',
    default: 'operator@partner-platform.test',
    type: z.email(),
    allowed: 'an address',
    meaning: 'Where escalations go',
  },
} as const satisfies Record<string, Variable>;
