import { expect, it } from 'vitest';
import { renderDiagnosis } from '../../src/cli/doctor-view.js';
import { createPainter } from '../../src/cli/paint.js';

it('groups by server, marks each by its weight, and counts', () => {
  const text = renderDiagnosis(
    {
      asked: 2,
      answered: 1,
      findings: [
        {
          server: 'db2',
          id: 'open-door',
          severity: 'warning',
          message: 'a door',
          mend: 'close it',
        },
        { server: 'db1', id: 'unreachable', severity: 'error', message: 'gone' },
        { id: 'rule', severity: 'info', message: 'nobody approves' },
      ],
    },
    createPainter(false),
  );
  expect(text).toBe(
    'db1\n  ✘ gone\n\ndb2\n  ! a door\n    → close it\n\nInterlock itself\n  · nobody approves\n\n' +
      '1 to mend, 1 to look at, 1 to know; 1 of 2 servers answered\n',
  );
});

it('lets no name from a server steer the terminal', () => {
  const findings = [
    { server: 'db1', id: 'code-inside', severity: 'info', message: 'event \u001b[2J' } as const,
  ];
  expect(renderDiagnosis({ asked: 1, answered: 1, findings }, createPainter(false))).not.toContain(
    '\u001b',
  );
});
