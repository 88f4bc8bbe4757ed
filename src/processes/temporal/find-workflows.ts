import { existsSync } from 'node:fs';
import path from 'node:path';
import { isBinary } from '../../assets';
import { workerFilePath } from '../binary/worker-files';

/** The source of a Temporal worker's workflows, in the form of its options. */
export type WorkflowSource = { workflowBundle: { codePath: string } } | { workflowsPath: string };

/**
 * Returns the prebuilt bundle, which starts in a third of the time; without a bundle the sources, bundled at the start,
 * as in development. A single executable contains its bundle: `openWorkerFiles` has to come first.
 */
export function findWorkflows(configured: string | undefined): WorkflowSource {
  if (configured !== undefined) {
    if (!existsSync(configured))
      throw new Error(`WORKFLOW_BUNDLE: there is no ${configured}; run npm run build, or leave it unset`);
    return { workflowBundle: { codePath: configured } };
  }
  if (isBinary) return { workflowBundle: { codePath: workerFilePath('workflow-bundle.js') } };
  const beside = path.join(__dirname, 'workflow-bundle.js');
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
