import { administrationVariables } from './variables/administration';
import { apiVariables } from './variables/api';
import { gatewaysVariables } from './variables/gateways';
import { logsAndFeaturesVariables } from './variables/logs-and-features';
import { mailVariables } from './variables/mail';
import { secretsVariables } from './variables/secrets';
import { serversVariables } from './variables/servers';
import { shutdownVariables } from './variables/shutdown';
import { workerVariables } from './variables/worker';
import type { Variable } from './variables/variable';

export type { Variable };

/**
 * Every variable of the environment that the program reads: the one table behind Config, `.env.example` and the README.
 */
export const variables = {
  ...apiVariables,
  ...administrationVariables,
  ...serversVariables,
  ...secretsVariables,
  ...mailVariables,
  ...gatewaysVariables,
  ...workerVariables,
  ...shutdownVariables,
  ...logsAndFeaturesVariables,
} as const satisfies Record<string, Variable>;

export type VariableName = keyof typeof variables;
export const variableNames = Object.keys(variables) as VariableName[];
