import mongoose from 'mongoose';
import { createActivities } from '../../activities';
import { createPaymentsActivities } from '../../activities/payments';
import { createSandboxActivities } from '../../activities/sandbox';
import { createSubscriptionsActivities } from '../../activities/subscriptions';
import { createUsersActivities } from '../../activities/users';
import { eventTypes } from '../contracts/events';
import { mailTemplates } from '../contracts/mails';
import { paymentEvents } from '../contracts/payments/events';
import { subscriptionEvents } from '../contracts/subscriptions/events';
import { subscriptionMailTemplates } from '../contracts/subscriptions/mails';
import { userEvents } from '../contracts/users/events';
import { userMailTemplates } from '../contracts/users/mails';
import { createHandlers } from '../http/handlers';
import { operatorHandlers } from '../http/operator/handlers';
import { partnersHandlers } from '../http/partners/handlers';
import { paymentsHandlers } from '../http/payments/handlers';
import { paymentsProblems } from '../http/payments/problems';
import { problemTable } from '../http/problems';
import { sandboxHandlers } from '../http/sandbox/handlers';
import { sandboxProblems } from '../http/sandbox/problems';
import { sharedProblems } from '../http/shared-problems';
import { subscriptionsHandlers } from '../http/subscriptions/handlers';
import { subscriptionsProblems } from '../http/subscriptions/problems';
import { usersHandlers } from '../http/users/handlers';
import { usersProblems } from '../http/users/problems';
import { mails } from '../mails/mails';
import { subscriptionMails } from '../mails/subscriptions/mails';
import { userMails } from '../mails/users/mails';
import { defineModels } from '../models/define-models';
import { operatorModels } from '../models/operator/models';
import { partnersModels } from '../models/partners/models';
import { paymentsModels } from '../models/payments/models';
import { sandboxModels } from '../models/sandbox/models';
import { sharedModels } from '../models/shared-models';
import { subscriptionsModels } from '../models/subscriptions/models';
import { usersModels } from '../models/users/models';

/** Stands in for the dependencies of factories, which only pass them on. */
const anything = new Proxy((): void => undefined, { get: () => anything, apply: () => anything }) as never;
const keysOf = (...parts: object[]): string[] => parts.flatMap((part) => Object.keys(part));
/** Each on its own connection, so that a clash of keys is found before a clash of model names. */
const keysOfModels = (...parts: ((connection: mongoose.Connection) => object)[]): string[] =>
  parts.flatMap((define) => Object.keys(define(mongoose.createConnection())));

/** The keys of each registry, and the keys of its parts. */
const registries: [name: string, union: string[], parts: string[]][] = [
  ['events', eventTypes, keysOf(userEvents, paymentEvents, subscriptionEvents)],
  [
    'problems',
    keysOf(problemTable),
    keysOf(sharedProblems, usersProblems, paymentsProblems, subscriptionsProblems, sandboxProblems),
  ],
  [
    'handlers',
    keysOf(createHandlers(anything)),
    keysOf(
      partnersHandlers(anything),
      usersHandlers(anything),
      paymentsHandlers(anything),
      subscriptionsHandlers(anything),
      sandboxHandlers(anything),
      operatorHandlers(anything),
    ),
  ],
  [
    'models',
    keysOfModels(defineModels),
    keysOfModels(
      sharedModels,
      partnersModels,
      usersModels,
      paymentsModels,
      subscriptionsModels,
      sandboxModels,
      operatorModels,
    ),
  ],
  [
    'activities',
    keysOf(createActivities(anything)),
    keysOf(
      createUsersActivities(anything),
      createPaymentsActivities(anything),
      createSubscriptionsActivities(anything),
      createSandboxActivities(anything),
    ),
  ],
  ['mails', keysOf(mails), keysOf(userMails, subscriptionMails)],
  ['mail templates', [...mailTemplates], [...userMailTemplates, ...subscriptionMailTemplates]],
];

// The registries are spreads: a key of two domains would silently become the later domain's.
it.each(registries)('%s: no two domains name the same key', (_name, union, parts) => {
  expect(parts.toSorted()).toEqual([...new Set(union)].toSorted());
  expect(parts).toHaveLength(union.length);
});
