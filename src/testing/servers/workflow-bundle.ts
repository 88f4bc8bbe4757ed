import { join } from 'node:path';
import { checkoutRoot } from './servers';

/**
 * The bundle that ships. Jest's global set-up builds it once for all tests; bundling takes seconds per file.
 */
export const workflowBundle = { codePath: join(checkoutRoot(__dirname), 'dist', 'workflow-bundle.js') };
