import { expect, it } from 'vitest';
import { LINES_A_MINUTE, VisitorLog } from '../../src/admin/visitor-log.js';

it('names every approver, and of a flood some and a number', () => {
  const lines: string[] = [];
  const line = (fields: object, text: string) =>
    void lines.push(`${text} ${JSON.stringify(fields)}`);
  let nowMs = 0;
  const clock = { now: () => nowMs, monotonic: () => nowMs };
  const log = new VisitorLog({ clock, log: { info: line, warn: line, error: line } });
  log.served({ person: 'alice', address: '10.0.0.1', asked: 'GET /requests' });
  expect(lines.splice(0)).toEqual([
    'an approver was answered {"person":"alice","address":"10.0.0.1","asked":"GET /requests"}',
  ]);
  for (let count = 0; count < 1000; count += 1) log.refused('10.0.0.2', 'it is not signed');
  expect(lines.splice(0)).toHaveLength(LINES_A_MINUTE);
  nowMs = 60_000;
  log.failed('10.0.0.2', 'no store');
  expect(lines).toEqual([
    `more requests to admin.listen were refused {"count":${1000 - LINES_A_MINUTE}}`,
    'a request to admin.listen could not be answered {"address":"10.0.0.2","reason":"no store"}',
  ]);
});
