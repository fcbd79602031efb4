// The demo believes its own checks, so they must be able to fail: acts played on a stage where what
// they claim is not so. That all of them hold where it is so is demo.test.ts's.
import { pid } from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { actStopped, actWith } from '../../src/demo/acts.js';
import { Claims } from '../../src/demo/claims.js';
import { createScript } from '../../src/demo/script.js';
import { type Stage, setStage, severBothWays } from '../../src/demo/stage.js';
import { Lab } from '../../src/lab/lab.js';

describe('the demo’s acts', () => {
  let lab: Lab;
  let stage: Stage;

  beforeAll(async () => {
    lab = await Lab.open();
    stage = await setStage(lab, { version: 'test', pid }, () => undefined);
  });
  afterAll(async () => {
    await stage?.interlock.drain();
    await lab?.close();
  });

  async function played(act: (play: Parameters<typeof actWith>[0]) => Promise<void>) {
    let said = '';
    const script = createScript((text) => (said += text), false, 100);
    const claims = new Claims(script);
    await act({ stage, script, claims });
    return { claims, said };
  }

  it('claim that the reseed is refused while the link is live, and it is', async () => {
    const { claims, said } = await played(actWith);
    expect(claims.allHold).toBe(true);
    expect(said).toMatch(/db1[\s│]+\(live\)/);
  });

  it('claim that the message says armed once the link is stopped, and it does', async () => {
    const { claims, said } = await played(actStopped);
    expect(claims.allHold).toBe(true);
    expect(said).toContain('Stopped is not severed');
  });

  it('admit it when the reseed was not refused', async () => {
    await severBothWays(stage);
    const { claims, said } = await played(actWith);
    expect(claims.allHold).toBe(false);
    expect(said).toContain('✘ NOT TRUE: the reseed was refused');
    expect(said).toContain('✘ NOT TRUE: the client was told why');
  });
});
