import { helpText, readArguments } from './read-arguments';
import { roleNames } from './roles';

describe('the command line', () => {
  it.each(roleNames)('runs --role %s', (role) => {
    expect(readArguments(['--role', role])).toEqual({ kind: 'run', role });
    expect(readArguments([`--role=${role}`, '--check'])).toEqual({ kind: 'check', role });
    expect(readArguments(['--role', role, '--probe'])).toEqual({ kind: 'probe', role });
  });

  it('takes the size of the cluster whose primary is probed', () => {
    const probe = { kind: 'probe', role: 'api', clusterOf: 2 };
    expect(readArguments(['--role', 'api', '--cluster', '2', '--probe'])).toEqual(probe);
  });

  it('takes task queues, each once', () => {
    expect(readArguments(['--role', 'worker', '--queues', 'users, users'])).toEqual({
      kind: 'run',
      role: 'worker',
      queues: ['users'],
    });
  });

  it('serves every task queue with --queues all', () => {
    expect(readArguments(['--role', 'worker', '--queues', 'all'])).toEqual({ kind: 'run', role: 'worker' });
  });

  it('takes the number of instances of a cluster, to run, check and reload it', () => {
    const argv = ['--role', 'api', '--cluster', '2'];
    expect(readArguments(argv)).toEqual({ kind: 'run', role: 'api', clusterOf: 2 });
    expect(readArguments([...argv, '--check'])).toEqual({ kind: 'check', role: 'api', clusterOf: 2 });
    expect(readArguments([...argv, '--reload'])).toEqual({ kind: 'reload', role: 'api', clusterOf: 2 });
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
    [['--role', 'worker', '--cluster', '2'], '--cluster is not for --role worker'],
    [['--role', 'api', '--reload'], '--reload is missing its --cluster N'],
    [['--role', 'api', '--cluster', '2', '--check', '--reload'], '--check and --reload are two commands'],
  ])('rejects %j with one clear line', (argv, line) => {
    const invocation = readArguments(argv);
    expect(invocation).toEqual({ kind: 'wrong', line: expect.stringContaining(line) });
    expect((invocation as { line: string }).line).not.toContain('\n');
  });

  it.each(['0', '65', '1.5', '-1', ' 2', 'two', ''])('rejects a cluster of %j', (count) => {
    const line = `--cluster is "${count}"; it is the number of instances, from 1 to 64`;
    expect(readArguments(['--role', 'api', `--cluster=${count}`])).toEqual({ kind: 'wrong', line });
  });

  it('prefers help and version to everything else', () => {
    expect(readArguments(['--help', '--role', 'nope'])).toEqual({ kind: 'help' });
    expect(readArguments(['--version'])).toEqual({ kind: 'version' });
  });

  it('names every role in the help', () => {
    for (const role of roleNames) expect(helpText()).toMatch(new RegExp(`^ +${role} `, 'm'));
  });
});
