import { apiVariables } from './variables/api-variables';
import { egressVariables } from './variables/egress-variables';
import { gatewayVariables } from './variables/gateway-variables';
import { logVariables } from './variables/log-variables';
import { serverVariables } from './variables/server-variables';
import { workerVariables } from './variables/worker-variables';

export type { Variable } from './variables/variable';

/**
 * Every variable of the environment that the program reads: the single source of Config, `.env.example` and the
 * README's table.
 */
export const variables = {
  ...apiVariables,
  ...serverVariables,
  ...gatewayVariables,
  ...egressVariables,
  ...workerVariables,
  ...logVariables,
};

export type VariableName = keyof typeof variables;
export const variableNames = Object.keys(variables) as VariableName[];
