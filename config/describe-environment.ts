import { variableNames, variables, type Variable } from './variables';

export interface VariableDescription {
  name: string;
  group: string;
  /** The default as written in a file; null when the variable may stay unset; undefined when it is required. */
  default: string | null | undefined;
  /** The default in words, with those of single roles. */
  defaultText: string;
  unit: string;
  meaning: string;
  allowed: string;
  secret: boolean;
}

/** Returns the description of every variable; `.env.example` and the README's table are generated from it. */
export function describeEnvironment(): VariableDescription[] {
  return variableNames.map((name) => {
    const variable: Variable = variables[name];
    const byRole = Object.entries(variable.defaultByRole ?? {})
      .map(([role, value]) => `, ${role} ${value}`)
      .join('');
    const needed = variable.requiredBy ? `none, required by ${variable.requiredBy.join(' and ')}` : 'none';
    const defaultText =
      variable.default === undefined ? 'required' : variable.default ? `${variable.default}${byRole}` : needed;
    return {
      name,
      group: variable.group,
      default: variable.default,
      defaultText,
      unit: variable.unit ?? '',
      meaning: variable.meaning,
      allowed: variable.allowed,
      secret: variable.secret === true,
    };
  });
}

/** Renders `.env.example`: required variables are empty, all others commented out with their default. */
export function renderEnvExample(): string {
  const lines = [
    '# Every variable the program reads. Commented lines show the default.',
    '# PM2 and Compose read this as .env; elsewhere: node --env-file=.env dist/main.js --role api',
    '# Made by `renderEnvExample` in config/describe-environment.ts; a test compares.',
  ];
  let group = '';
  for (const variable of describeEnvironment()) {
    if (variable.group !== group) lines.push('', `# --- ${variable.group} ---`);
    group = variable.group;
    const unit = variable.unit ? ` [${variable.unit}]` : '';
    lines.push('', `# ${variable.meaning}${unit}: ${variable.allowed}.`);
    if (variable.defaultText.includes(', ')) lines.push(`# By default ${variable.defaultText}.`);
    lines.push(variable.default === undefined ? `${variable.name}=` : `# ${variable.name}=${variable.default ?? ''}`);
  }
  return `${lines.join('\n')}\n`;
}

/** Renders the README's table between `<!-- config:begin -->` and `<!-- config:end -->`. */
export function renderConfigTable(): string {
  const rows = describeEnvironment().map(({ name, defaultText, unit, meaning, allowed }) => {
    const shownDefault =
      defaultText === 'required' ? '**required**' : defaultText === 'none' ? '–' : `\`${defaultText}\``;
    return `| \`${name}\` | ${shownDefault} | ${unit} | ${meaning}: ${allowed} |`;
  });
  return ['| variable | default | unit | meaning and allowed values |', '|---|---|---|---|', ...rows].join('\n');
}
