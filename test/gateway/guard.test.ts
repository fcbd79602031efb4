// What the guard asks, in which order, and what it never does.
import { describe, expect, it } from 'vitest';
import { covers } from '../../src/policy/permit.js';
import { effectOf, ruleSetOf } from '../policy/facts.js';
import {
  decisionIn,
  permitOf,
  pictureOf,
  questionOf,
  RULES,
  refusalOf,
  sceneOf,
  severed,
} from './guard-parts.js';

describe('the guard', () => {
  it('looks at the links, records, and only then permits', async () => {
    let written = (): void => undefined;
    const slowAudit = new Promise<void>((resolve) => {
      written = resolve;
    });
    const scene = sceneOf({ fresh: severed, slowAudit });
    const judging = permitOf(scene).then((judgement) => {
      scene.events.push('permitted');
      return judgement;
    });
    await scene.settled();
    expect(scene.events).toEqual(['fresh', 'record decision']);
    written();
    await judging;
    expect(scene.events).toEqual(['fresh', 'record decision', 'permitted']);
  });

  it('permits the very bytes it was asked about', async () => {
    const question = questionOf();
    const { permit } = await permitOf(sceneOf({ fresh: severed }), question);
    expect(covers(permit, question.payload)).toBe(true);
    expect(covers(permit, Uint8Array.from(question.payload))).toBe(false);
  });

  it('refuses while a server would follow, with the id of the record', async () => {
    const scene = sceneOf();
    const { message, recordId, afterwards } = await refusalOf(scene);
    const record = decisionIn(scene);
    expect(record).toMatchObject({ id: recordId, verdict: 'deny', rule: 'no-drop-while-linked' });
    expect(record.message).toBe(message);
    expect(message.endsWith(`Rule no-drop-while-linked. Record ${recordId}.`)).toBe(true);
    expect(message).toContain('db1 (live)');
    expect(afterwards).toBe('latch');
  });

  it.each([
    [5_000, 'refused'],
    [50, 'permitted'],
    [undefined, 'refused'],
  ])('judges by %s rows when a rule asks, and records them', async (rows, kind) => {
    const more = 'match: { effect: [drop-table], rows: ">1000" }, verdict: deny';
    const rules = ruleSetOf(`rules: [{ id: large, ${more} }]`);
    const scene = sceneOf({ rules, fresh: severed, ...(rows === undefined ? {} : { rows }) });
    expect((await scene.guard.judge(questionOf(), () => undefined)).kind).toBe(kind);
    expect(scene.events).toEqual(['fresh', 'sizes of app.t on db2 since 5', 'record decision']);
  });

  it('ends the session with what it refuses of a statement on its way, and says so', async () => {
    const scene = sceneOf();
    const { message, afterwards } = await refusalOf(scene, { ...questionOf(), isStreamed: true });
    expect(afterwards).toBe('close');
    expect(message).toContain('This session is closed.');
    const permitted = permitOf(sceneOf({ fresh: severed }), { ...questionOf(), isStreamed: true });
    expect(await permitted).not.toHaveProperty('afterwards');
  });

  it('counts what it decided, by rule', async () => {
    const scene = sceneOf();
    await refusalOf(scene);
    const lines = (await scene.metrics()).split('\n');
    const refused = /decisions_total\{.*rule="no-drop-while-linked".*\} 1$/;
    expect(lines.filter((line) => refused.test(line))).toHaveLength(1);
    expect(lines).toContain('interlock_audit_records_total 1');
    expect(lines).toContain('interlock_decision_duration_seconds_count 1');
  });

  describe('when the audit record cannot be written', () => {
    it('refuses what the rules would permit', async () => {
      const scene = sceneOf({ fresh: severed, refusal: 'no space left' });
      const { message } = await refusalOf(scene);
      expect(message).toContain('Rule built-in-audit-unavailable.');
      expect(message).toContain('no space left');
      expect(scene.warnings).toEqual(['the audit record could not be written']);
      expect(await scene.metrics()).toContain('interlock_audit_write_failures_total 1');
    });

    it('refuses what the rules refuse, still', async () => {
      await refusalOf(sceneOf({ refusal: 'no space left' }));
    });

    it('lets pass in shadow mode, whose promise is to refuse nothing', async () => {
      const scene = sceneOf({ mode: 'shadow', refusal: 'no space left' });
      await permitOf(scene);
      expect(await scene.metrics()).toContain('rule="built-in-audit-unavailable"');
    });
  });

  it('permits in shadow mode what the rules refuse, and records what would have been', async () => {
    const scene = sceneOf({ mode: 'shadow' });
    await permitOf(scene);
    expect(decisionIn(scene)).toMatchObject({
      mode: 'shadow',
      verdict: 'permit',
      wouldBe: 'deny',
      rule: 'no-drop-while-linked',
    });
  });

  describe('when the picture is older than the statement', () => {
    it('looks again before it refuses, and permits what has been severed since', async () => {
      const scene = sceneOf({ nowMs: 900, anew: () => pictureOf('severed', 950) });
      await permitOf(scene);
      expect(scene.events).toEqual(['fresh', 'anew', 'record decision']);
      expect(decisionIn(scene).links).toMatchObject([{ state: 'severed' }]);
    });

    it('refuses when the new one says the same', async () => {
      const scene = sceneOf({ nowMs: 900 });
      await refusalOf(scene);
      expect(scene.events).toEqual(['fresh', 'anew', 'record decision']);
    });

    it('does not look again where it permits, nor when it is young enough', async () => {
      const permitted = sceneOf({ nowMs: 900, fresh: severed });
      await permitOf(permitted);
      const young = sceneOf({ nowMs: 5 });
      await refusalOf(young);
      expect([permitted.events, young.events]).toEqual([
        ['fresh', 'record decision'],
        ['fresh', 'record decision'],
      ]);
    });
  });

  describe('when something throws', () => {
    it('refuses what cannot be judged because nobody could be asked', async () => {
      const scene = sceneOf({
        fresh: () => {
          throw new Error('the sky fell');
        },
      });
      const { message } = await refusalOf(scene);
      expect(message).toContain('Rule built-in-failure.');
      expect(decisionIn(scene)).toMatchObject({ rule: 'built-in-failure', reason: 'the sky fell' });
      expect(scene.warnings).toEqual(['judging failed; the statement was refused']);
    });

    it('refuses when the second look fails, whatever the first one said', async () => {
      const scene = sceneOf({
        nowMs: 900,
        anew: () => {
          throw new Error('gone');
        },
      });
      expect((await refusalOf(scene)).message).toContain('built-in-failure');
    });

    it('refuses when a rule throws, in shadow mode too', async () => {
      const broken = { ...RULES };
      Object.defineProperty(broken, 'index', {
        get: () => {
          throw new Error('a rule is broken');
        },
      });
      for (const mode of ['enforce', 'shadow'] as const) {
        const { message } = await refusalOf(sceneOf({ rules: broken, mode, fresh: severed }));
        expect(message).toContain('a rule is broken');
      }
    });
  });

  it('refuses everything guarded while there are no rules', async () => {
    const { message } = await refusalOf(sceneOf({ rules: undefined, fresh: severed }));
    expect(message).toContain('Rule built-in-no-rules.');
  });

  it('records what the session itself refuses, and asks nobody for it', async () => {
    const refusal = { rule: 'built-in-unknown-command', reason: 'command 0x7f' } as const;
    const scene = sceneOf({ mode: 'shadow', fresh: severed });
    const { message } = await refusalOf(scene, questionOf({ refusal }));
    expect(message).toContain('Rule built-in-unknown-command.');
    expect(scene.events).toEqual(['record decision']);
  });
});

describe('the outcome of a permitted statement', () => {
  it('is recorded once, with where the binary log stood', async () => {
    const binlog = { file: 'binlog.000002', position: 400, gtid: '' };
    const scene = sceneOf({ fresh: severed, coordinates: () => binlog });
    const { recordId } = await permitOf(scene);
    scene.guard.answered(recordId, { kind: 'ok' });
    scene.guard.answered(recordId, { kind: 'connection-lost' });
    await scene.settled();
    expect(scene.records.slice(1)).toMatchObject([
      { kind: 'outcome', id: recordId, outcome: 'ok', binlogAfter: binlog },
    ]);
  });

  it('carries the server’s error number', async () => {
    const scene = sceneOf({ fresh: severed });
    const { recordId } = await permitOf(scene);
    scene.guard.answered(recordId, { kind: 'error', errorCode: 1051 });
    await scene.settled();
    expect(scene.records.at(-1)).toMatchObject({ outcome: 'error', errorCode: 1051 });
  });

  it('of nothing that was permitted here is not recorded', async () => {
    const scene = sceneOf();
    const { recordId } = await refusalOf(scene);
    scene.guard.answered(recordId, { kind: 'ok' });
    scene.guard.answered('R0000000099', { kind: 'ok' });
    await scene.settled();
    expect(scene.records.map(({ kind }) => kind)).toEqual(['decision']);
  });

  it('that cannot be recorded is warned of and counted, and rejects nothing', async () => {
    const scene = sceneOf({
      fresh: severed,
      coordinates: () => {
        throw new Error('db2 hangs');
      },
    });
    const { recordId } = await permitOf(scene);
    scene.guard.answered(recordId, { kind: 'ok' });
    await scene.settled();
    expect(scene.warnings).toEqual(['the outcome of a permitted statement could not be recorded']);
    expect(await scene.metrics()).toContain('interlock_audit_write_failures_total 1');
  });
});

describe('a relink', () => {
  const rules = ruleSetOf(`
rules:
  - id: no-relink-over-residue
    match: { effect: [relink] }
    when: { residue: [any, unknown] }
    verdict: deny
`);
  const question = questionOf({
    facts: {
      effects: [effectOf({ effect: 'relink', verb: 'START SLAVE', objects: [] })],
      statements: [],
    },
  });

  it('is judged on what it would replay, asked after links as of now', async () => {
    const residue = { state: 'none', pairs: [] } as const;
    const scene = sceneOf({ rules, residue });
    await permitOf(scene, question);
    expect(scene.events).toEqual(['anew', 'residue', 'record decision']);
  });

  it('is refused where something waits, and where nobody could tell', async () => {
    const found = sceneOf({ rules, residue: { state: 'some', pairs: [] } });
    expect((await refusalOf(found, question)).message).toContain('no-relink-over-residue');
    expect((await refusalOf(sceneOf({ rules }), question)).message).toContain('START SLAVE');
  });

  it('alone asks for it', async () => {
    const scene = sceneOf({ residue: { state: 'some', pairs: [] } });
    await refusalOf(scene);
    expect(scene.events).not.toContain('residue');
  });
});
