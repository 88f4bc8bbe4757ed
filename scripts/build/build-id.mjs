import { hashOf } from './stamps.mjs';

/** Stands in a bundled program until its build id is known, which is a hash of the program itself. */
const PLACEHOLDER = 'build-id-here---';

/** The constant of src/build-id.ts, for esbuild. */
export const buildIdDefine = { BUILD_ID: JSON.stringify(PLACEHOLDER) };

/** The map of a bundle depends on the length of the checkout's path; its code does not. */
export const withoutSourceMap = (bundle) => bundle.toString('utf8').replace(/\/\/# sourceMappingURL=.*\s*$/, '');

/** Returns the build id of a program that was bundled with `buildIdDefine`, and of everything that ships with it. */
export const buildIdOf = ({ program, parts }) => hashOf([program, ...parts]).slice(0, PLACEHOLDER.length);

/** Returns the program with its build id in it. @throws when the program does not report one. */
export function withBuildId({ program, buildId }) {
  if (!program.includes(PLACEHOLDER)) throw new Error('The program does not contain a build id');
  return program.replaceAll(PLACEHOLDER, buildId);
}
