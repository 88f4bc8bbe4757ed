import { isWithheld, type IsWithheldInput } from './mail-delivery';

const sandbox: IsWithheldInput = {
  mode: 'sandbox',
  setting: 'withhold',
  audience: 'person',
  to: 'someone@example.com',
  operatorEmail: 'Operator@platform.example',
  reviewers: ['Review@bücher.example'],
};

test.each<[string, Partial<IsWithheldInput>, boolean]>([
  ['to a stranger', {}, true],
  ['to a stranger, where sandboxes deliver', { setting: 'deliver' }, false],
  ['to a reviewer', { audience: 'reviewer', to: 'Review@bücher.example' }, false],
  ['to a person with the address of a reviewer', { to: 'review@xn--bcher-kva.example' }, false],
  ['to a recipient of reports', { audience: 'recipient' }, true],
  ['to somebody who is a reviewer no more', { audience: 'reviewer', to: 'left@example.com' }, true],
  ['to the operator', { audience: 'operator', to: 'operator@platform.example' }, true],
  ['to the operator, where sandboxes deliver', { audience: 'operator', setting: 'deliver' }, true],
  ["to a person with the operator's address", { to: 'operator@platform.example', setting: 'deliver' }, true],
  ["to the operator's mailbox, by a tag", { to: 'operator+1@platform.example', setting: 'deliver' }, true],
  [
    "to the operator's address in another form",
    { operatorEmail: 'Op@Bücher.example', to: 'op@xn--bcher-kva.example', setting: 'deliver' },
    true,
  ],
  ['to a stranger, of a live tenant', { mode: 'live' }, false],
  ['to the operator, of a live tenant', { mode: 'live', audience: 'operator' }, false],
])('a mail %s', (_what, changes, withheld) => {
  expect(isWithheld({ ...sandbox, ...changes })).toBe(withheld);
});
