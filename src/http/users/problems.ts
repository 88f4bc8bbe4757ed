import type { ProblemTable } from '../problem';

/** The problems of users and their onboarding. */
export const usersProblems = {
  ONBOARDING_OPEN: { status: 409, title: 'An onboarding is open for this address' },
  EMAIL_TAKEN: { status: 409, title: 'The address is taken' },
  TOKEN_EXPIRED: { status: 409, title: 'The link has expired' },
  TOKEN_SUPERSEDED: { status: 409, title: 'A newer link was sent' },
  TOKEN_USED: { status: 409, title: 'The link was used' },
  TOKEN_INVALID: { status: 422, title: 'The token is not one of ours' },
  USER_UNKNOWN: { status: 422, title: 'The user is not known' },
  RESEND_LIMIT: { status: 429, title: 'Too many links were asked for' },
} as const satisfies ProblemTable;
