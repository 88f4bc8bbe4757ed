import { existsSync } from 'node:fs';
import path from 'node:path';

/** Where a Temporal worker gets its workflows from, as its options take it. */
export type WorkflowSource = { workflowBundle: { codePath: string } } | { workflowsPath: string };

/** The prebuilt bundle starts in a third of the time; without one the sources are bundled now, as in development. */
export function findWorkflows(configured: string | undefined): WorkflowSource {
  const beside = path.join(__dirname, 'workflow-bundle.js');
  if (configured !== undefined) {
    if (!existsSync(configured))
      throw new Error(`WORKFLOW_BUNDLE: there is no ${configured}; run npm run build, or leave it unset`);
    return { workflowBundle: { codePath: configured } };
  }
  if (existsSync(beside)) return { workflowBundle: { codePath: beside } };
  const sources = ['../workflows/index.ts', '../../../workflows/index.ts']
    .map((place) => path.join(__dirname, place))
    .find((place) => existsSync(place));
  if (sources === undefined)
    throw new Error(
      'WORKFLOW_BUNDLE is not set, and there is neither workflow-bundle.js beside the program nor ' +
        'workflows/; run npm run build',
    );
  return { workflowsPath: sources };
}
