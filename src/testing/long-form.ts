/** True in the long form of the tests (`TEST_LONG=1`, which `npm run test:long` sets). The only place that reads it. */
export const longForm = process.env.TEST_LONG === '1';

/** Returns the cases (a number of them, or a list) for the form of the tests that runs. */
export const casesOf = <Cases>({ short, long }: { short: Cases; long: Cases }): Cases => (longForm ? long : short);
