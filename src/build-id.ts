/** Set by the build: see scripts/build.mjs. */
declare const BUILD_ID: string | undefined;

/**
 * The first 16 hexadecimal digits of a SHA-256 over what was built: the program and its workflows. Two programs with
 * the same build id are the same code. `unbuilt` in a program that runs from its sources.
 */
export const buildId: string = typeof BUILD_ID === 'undefined' ? 'unbuilt' : BUILD_ID;
