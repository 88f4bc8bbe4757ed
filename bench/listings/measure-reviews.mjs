import { Client, Connection } from '@temporalio/client';
import mongoose from 'mongoose';
import { billedActionsOf } from '../../src/testing/histories/billed-actions.ts';
import { waits } from '../until.mjs';

const { until } = waits({ withinMs: 60_000 });

const CHECKED = ['validateListing', 'runAutomatedChecks'];
const QUEUED = [...CHECKED, 'updateListingStatus', 'notifyReviewers'];
const APPROVED = ['approveListing', 'publishToSearchIndex'];

/**
 * The reviews that are measured. `acts` names what people do in their order, and `activities` and `timers` what such a
 * review needs: an activity for each step of its story, and a timer for each deadline that it waits for. Claims and
 * releases are writes of the api alone, and need nothing of the workflow.
 */
const REVIEWS = [
  { name: 'approved by the checks', policy: 'never', acts: [], activities: [...CHECKED, ...APPROVED], timers: 0 },
  { name: 'approved by a person', acts: ['approve'], activities: [...QUEUED, ...APPROVED], timers: 1 },
  {
    name: 'claimed, released, claimed, approved',
    acts: ['claim', 'release', 'claim', 'approve'],
    activities: [...QUEUED, ...APPROVED],
    timers: 1,
  },
  { name: 'rejected', acts: ['reject'], activities: [...QUEUED, 'rejectListing'], timers: 1 },
  {
    name: 'escalated, then approved',
    acts: ['advance', 'approve'],
    activities: [...QUEUED, 'updateListingStatus', 'notifyReviewers', ...APPROVED],
    timers: 2,
  },
];
const DECISIONS = ['approve', 'reject'];

/** Counts the actions that Temporal Cloud bills for reviews of different courses, by what they were for. */
export async function measureReviews({ startRole, createTenant, mongodbUri, temporalAddress }) {
  const roles = [];
  const connection = await Connection.connect({ address: temporalAddress });
  const database = await mongoose.createConnection(mongodbUri).asPromise();
  try {
    for (const role of ['worker', 'api']) roles.push(await startRole(role));
    const api = roles[1];
    const scopes = ['read', 'write', 'review'];
    const tenant = await createTenant({ url: api.url, mode: 'sandbox', scopes });
    for (const policy of ['never', 'always'])
      await tenant.put(`/listing-categories/${policy}`, { names, review: policy });
    const { workflow } = new Client({ connection });
    const rows = [];
    for (const review of REVIEWS) {
      const reviewId = await runReview({ tenant, database, workflow, review });
      const { events } = await workflow.getHandle(`listingApproval/${reviewId}`).fetchHistory();
      rows.push({ name: review.name, ...actionsOf(billedActionsOf(events), review) });
    }
    return { rows };
  } finally {
    await database.close();
    await connection.close();
    for (const role of roles.toReversed()) await role.end();
  }
}

const names = { en: 'Things', de: 'Dinge' };
const content = {
  title: 'Blue city bicycle with basket',
  description:
    'A comfortable bicycle for every day, ridden for two summers and kept dry. New tyres, new chain, working lights. ' +
    'The basket in front carries what you buy on the way home. Collect it in the evening.',
};

/** Creates, submits and reviews a listing. Returns the id of its review, whose workflow has ended. */
async function runReview({ tenant: { get, post }, database, workflow, review }) {
  const { policy = 'always' } = review;
  // Equal texts of one owner would be found as duplicates.
  const title = `${content.title}, ${review.name}`;
  const { id, revision } = await post('/listings', { ...content, title, category: policy });
  await post(`/listings/${id}/submit`, {});
  const { reviewId } = await database.collection('listings').findOne({ _id: id });
  const untilState = (state) =>
    until(async () => (await get(`/listing-reviews/${reviewId}`)).state === state, `${review.name}: ${state}`);
  if (policy === 'always') await untilState('queued');
  const reviewer = 'mona';
  const actions = {
    claim: () => post(`/listings/${id}/claim`, { reviewer }),
    release: () => post(`/listings/${id}/release`, { reviewer }),
    approve: () => post(`/listings/${id}/approve`, { reviewer, revision }),
    reject: () => post(`/listings/${id}/reject`, { reviewer, revision, reason: 'quality', comment: 'Too short' }),
    async advance() {
      const { id: operationId } = await post('/sandbox/clock/advance', { by: 'PT49H' });
      const operation = () => database.collection('operations').findOne({ _id: operationId });
      await until(async () => (await operation()).state === 'completed', 'the advance to end');
    },
  };
  for (const act of review.acts) await actions[act]();
  await workflow.getHandle(`listingApproval/${reviewId}`).result();
  return reviewId;
}

function actionsOf(actions, { acts, activities, timers }) {
  const of = (kind) => actions.filter((action) => action.startsWith(kind)).length;
  const updates = acts.filter((act) => DECISIONS.includes(act)).length;
  const named = 1 + timers + updates + activities.length;
  return {
    counts: {
      start: of('start'),
      timer: of('timer'),
      signal: of('signal'),
      update: of('update'),
      activity: of('activity'),
    },
    total: actions.length,
    named,
    overNamed: actions.length / named,
    actions,
  };
}
