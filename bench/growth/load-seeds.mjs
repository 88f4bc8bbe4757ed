import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { build } from 'esbuild';

/** Bundles seeds, made of the product's own code, and returns their functions. `seeds` is a path in bench/. */
export async function loadSeeds({ root, results, seeds }) {
  const outfile = join(results, `${basename(seeds, '.ts')}.cjs`);
  await build({
    entryPoints: [join(root, 'bench', seeds)],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    packages: 'external',
    keepNames: true,
    logLevel: 'warning',
  });
  return createRequire(import.meta.url)(outfile);
}
