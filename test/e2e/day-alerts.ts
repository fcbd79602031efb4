// What must have fired by the end of the scripted day, and nothing else: written by hand, from what
// happens at which hour and what each alert of deploy/prometheus waits for.
import { type Fired, INSTANCE, TARGET } from '../support/scrapes.js';

const FIRED: readonly Fired[] = [
  alert('DestructionStopped', { ...INSTANCE, server: 'db1' }, ['08:15', '08:25']),
  alert(
    'DestructionStopped',
    { ...INSTANCE, server: 'db2' },
    ['09:00', '09:15'],
    ['09:40', '09:50'],
  ),
  alert('ApprovalReplayed', INSTANCE, ['09:40', '09:55']),
  alert('ReloadFailed', TARGET, ['11:01', '11:20']),
  // Whether replica1 follows db2 cannot be told either while it does not answer.
  ...['db1', 'db2'].map((server) =>
    alert('LinkUnknown', { ...TARGET, server, peer: 'replica1', state: 'unknown' }, [
      '12:35',
      '12:42',
    ]),
  ),
  alert('ShadowWouldStop', { ...INSTANCE, server: 'db2', rule: 'delete-needs-where' }, [
    '13:00',
    '14:00',
  ]),
  alert('AuditUnwritable', TARGET, ['14:30', '14:35']),
  alert('Down', TARGET, ['15:31', '15:33']),
  alert('SessionsAround', { ...TARGET, server: 'db2' }, ['15:43', '15:47']),
  alert('ResidueWaiting', { ...TARGET, server: 'db2', peer: 'db1' }, ['20:25', '22:00']),
];

export function firedOn({ gtid }: { readonly gtid: boolean }): readonly Fired[] {
  const labels = { ...TARGET, server: 'db2', peer: 'replica1' };
  // It never heard of the drop of the night, and would if it were linked to db2.
  const waiting = gtid
    ? alert('ResidueWaiting', labels, ['20:25', '24:01'])
    : // While replica1 or Interlock is away nobody can tell, and it is waited for anew.
      alert(
        'ResidueWaiting',
        labels,
        ['09:25', '12:00'],
        ['12:18', '12:30'],
        ['12:57', '15:30'],
        ['15:48', '24:01'],
      );
  return [...FIRED, waiting];
}

function alert(
  name: string,
  labels: Fired['labels'],
  ...during: readonly (readonly [from: string, to: string])[]
): Fired {
  return { alert: `Interlock${name}`, labels, during };
}
