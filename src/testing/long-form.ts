/** True in the long form of the tests (`TEST_LONG=1`, set by `npm run test:long`). No other file reads the variable. */
export const longForm = process.env.TEST_LONG === '1';

/** Returns the cases (a number or a list) for the present form of the tests. */
export const casesOf = <Cases>({ short, long }: { short: Cases; long: Cases }): Cases => (longForm ? long : short);
