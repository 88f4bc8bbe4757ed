import { helpText, readArguments } from './read-arguments';
import { roleNames } from './roles';

describe('the command line', () => {
  it.each(roleNames)('runs --role %s', (role) => {
    expect(readArguments(['--role', role])).toEqual({ kind: 'run', role, queues: undefined });
    expect(readArguments([`--role=${role}`, '--check'])).toEqual({ kind: 'check', role, queues: undefined });
  });

  it('takes task queues, each once', () => {
    expect(readArguments(['--role', 'worker', '--queues', 'users, users'])).toEqual({
      kind: 'run',
      role: 'worker',
      queues: ['users'],
    });
  });

  it.each([
    [[], '--role is missing; it is one of api, worker'],
    [['--role', 'king'], 'There is no role "king"; there are'],
    [['--role', 'constructor'], 'There is no role "constructor"'],
    [['--role'], "Option '--role <value>' argument missing; see --help"],
    [['--roll', 'api'], 'There is no option --roll; see --help'],
    [['api'], 'There is no argument "api"; see --help'],
    [['--role', 'worker', '--queues', 'users,nope'], 'There is no task queue "nope"; there are users'],
    [['--role', 'worker', '--queues', ''], 'There is no task queue ""'],
    [['--role', 'api', '--queues', 'users'], '--queues is not for --role api'],
  ])('rejects %j with one clear line', (argv, line) => {
    const invocation = readArguments(argv);
    expect(invocation).toEqual({ kind: 'wrong', line: expect.stringContaining(line) });
    expect((invocation as { line: string }).line).not.toContain('\n');
  });

  it('prefers help and version to everything else', () => {
    expect(readArguments(['--help', '--role', 'nope'])).toEqual({ kind: 'help' });
    expect(readArguments(['--version'])).toEqual({ kind: 'version' });
  });

  it('names every role in the help', () => {
    for (const role of roleNames) expect(helpText()).toMatch(new RegExp(`^ +${role} `, 'm'));
  });
});
