/** A state machine as one table: from → to → the cause of the transition, in the words of its arrow in the picture. */
export type Transitions<State extends string> = Readonly<Record<State, Readonly<Partial<Record<State, string>>>>>;

export const canTransition = <State extends string>(table: Transitions<State>, from: State, to: State): boolean =>
  Object.hasOwn(table[from], to);

/** Returns the states that lead to `to`: the filter of a guarded transition. */
export const sourcesOf = <State extends string>(table: Transitions<State>, to: State): State[] =>
  statesOf(table).filter((from) => canTransition(table, from, to));

export const targetsOf = <State extends string>(table: Transitions<State>, from: State): State[] =>
  Object.keys(table[from]) as State[];

/** Returns the states without a transition. */
export const terminalStates = <State extends string>(table: Transitions<State>): State[] =>
  statesOf(table).filter((state) => targetsOf(table, state).length === 0);

export const statesOf = <State extends string>(table: Transitions<State>): State[] => Object.keys(table) as State[];

export interface TransitionsToMermaidInput<State extends string> {
  table: Transitions<State>;
  initial: State;
}

/** Returns the table as a Mermaid `stateDiagram-v2`. "unknown/capture" is shown as "unknown (capture)". */
export function transitionsToMermaid<State extends string>({
  table,
  initial,
}: TransitionsToMermaidInput<State>): string {
  const idOf = (state: State): string => state.replace('/', '_');
  const composed = statesOf(table).filter((state) => state.includes('/'));
  const lines = [
    ...composed.map((state) => `state "${state.replace('/', ' (')})" as ${idOf(state)}`),
    `[*] --> ${idOf(initial)}`,
    ...statesOf(table).flatMap((from) =>
      targetsOf(table, from).map((to) => `${idOf(from)} --> ${idOf(to)}: ${table[from][to]}`),
    ),
    ...terminalStates(table).map((state) => `${idOf(state)} --> [*]`),
  ];
  return ['stateDiagram-v2', ...lines.map((line) => `  ${line}`), ''].join('\n');
}
