import { waitingForOf, type VerificationMail } from './onboarding';

it.each<[VerificationMail['state'], RegExp, string]>([
  ['being_sent', /^the person to follow the link/, 'a corrected address'],
  ['sent', /^the person to follow the link/, 'a corrected address'],
  ['withheld', /GET \/sandbox\/mails/, 'a corrected address'],
  ['undeliverable', /^a corrected address .* \(550 5\.1\.1\)$/, 'a new link'],
  // It may be the tenant's limit, which holds for every address.
  ['limited', /^a new link, once the day \(UTC\) is over/, 'a corrected address'],
  ['closed', /^a new link or a corrected address/, 'follow the link'],
])('an onboarding whose verification mail is %s waits for what helps', (state, advice, never) => {
  const verificationMail = { state, code: 550, status: '5.1.1' };
  const waitingFor = waitingForOf({ state: 'awaiting_verification', until: null, verificationMail });
  expect(waitingFor?.what).toMatch(advice);
  expect(waitingFor?.what).not.toContain(never);
});
