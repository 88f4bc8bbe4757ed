import { join } from 'node:path';
import { checkoutRoot } from './servers';

/**
 * The workflows as they ship: built once for all tests by jest's global set-up, where each file would spend seconds on
 * bundling its own.
 */
export const workflowBundle = { codePath: join(checkoutRoot(__dirname), 'dist', 'workflow-bundle.js') };
