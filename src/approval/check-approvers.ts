// What `interlock check` says of the approvers: a file that cannot be read, and rules that nobody, or
// too few, could ever approve. Found on a Sunday night it is found too late.
import type { Config, Diagnostic, ServerConfig } from '../config/config.js';
import { messageOf } from '../errors.js';
import type { CompiledRule } from '../policy/compiled-rule.js';
import { type Approvers, loadApprovers } from './approvers.js';

export async function checkApprovers(
  {
    approvals,
    file,
    servers,
  }: Pick<Config, 'approvals' | 'file'> & {
    readonly servers: readonly Pick<ServerConfig, 'name' | 'listen'>[];
  },
  rules: readonly CompiledRule[],
  nowMs: number,
): Promise<readonly Diagnostic[]> {
  if (approvals === undefined) return [];
  let approvers: Approvers;
  try {
    approvers = await loadApprovers(approvals.approversPath);
  } catch (thrown) {
    const hint = 'until it can be read, nothing is approved';
    return [{ severity: 'error', file: approvals.approversPath, message: messageOf(thrown), hint }];
  }
  const guarded = servers.filter(({ listen }) => listen.length > 0).map(({ name }) => name);
  const wrong = rules
    .filter(({ verdict, mode }) => verdict === 'require-approval' && mode === 'enforce')
    .flatMap((rule) => lacking(rule, approvers, nowMs));
  return [...wrong, ...sealedTroubles(approvers, guarded, nowMs)].map((message) => ({
    severity: 'warning',
    file,
    message,
  }));
}

/** A key for emergencies that would not open when it is needed. */
function sealedTroubles(
  { keys }: Approvers,
  guarded: readonly string[],
  nowMs: number,
): readonly string[] {
  return [...keys.values()].flatMap(({ seal, person, revokedMs, notAfterMs = nowMs }) => {
    if (seal === undefined || (revokedMs !== undefined && revokedMs <= nowMs)) return [];
    if (notAfterMs <= nowMs) return [`the sealed key ${person} has ended: seal a new one`];
    const strange = seal.servers.filter((name) => !guarded.includes(name));
    if (strange.length === 0) return [];
    return [`the sealed key ${person} is for ${strange.join(', ')}, and no guarded server is`];
  });
}

function lacking(rule: CompiledRule, approvers: Approvers, nowMs: number): readonly string[] {
  const { count, from, onePerGroup } = rule.approvals ?? { count: 1, from: [], onePerGroup: false };
  const able = peopleWithKeys(approvers, nowMs).filter(
    (groups) => from.length === 0 || from.some((group) => groups.includes(group)),
  );
  const empty = from.filter((group) => !able.some((groups) => groups.includes(group)));
  const whose = from.length === 0 ? '' : ` of ${from.join(' or ')}`;
  if (able.length < count) {
    const have = able.length === 1 ? '1 person has' : `${able.length} people have`;
    return [`${rule.id} asks for ${count} approvals${whose}, and ${have} a valid key for that`];
  }
  if (!onePerGroup || empty.length === 0) return [];
  return [`${rule.id} asks for one approval of each group, and nobody is in ${empty.join(', ')}`];
}

/** The groups of each person who could sign now. */
function peopleWithKeys(
  { people, keys }: Approvers,
  nowMs: number,
): readonly (readonly string[])[] {
  const able = [...keys.values()].filter(
    ({ notBeforeMs = 0, notAfterMs, revokedMs, seal }) =>
      seal === undefined &&
      notBeforeMs <= nowMs &&
      nowMs < (notAfterMs ?? Number.POSITIVE_INFINITY) &&
      nowMs < (revokedMs ?? Number.POSITIVE_INFINITY),
  );
  const names = new Set(able.map(({ person }) => person));
  return [...names].map((name) => people.get(name)?.groups ?? []);
}
