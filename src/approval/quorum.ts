// Whether enough people have signed: distinct ones, of the groups that each rule asks for, and never
// the one who asks. Pure.
import type { Approvers, Person } from './approvers.js';
import type { RuleNeed } from './request.js';

/** One person's valid signature, in the order in which they came. */
export interface Signature {
  readonly person: string;
  readonly groups: readonly string[];
  readonly addedMs: number;
}

export interface Quorum {
  /** When the last signature that was needed came; absent while some are missing. */
  readonly reachedAtMs?: number;
  /** What is missing, in words; empty once it is reached. */
  readonly missing: readonly string[];
}

export function quorumOf(
  signatures: readonly Signature[],
  needs: readonly RuleNeed[],
  who: { readonly user: string; readonly approvers: Approvers },
): Quorum {
  const counted = distinct(signatures.filter(({ person }) => !isRequester(person, who)));
  const missing = [...new Set(needs.flatMap((need) => missingFor(counted, need, who)))];
  if (missing.length > 0 || needs.length === 0) return { missing };
  // Later signatures do not give it more time.
  for (let length = 1; length <= counted.length; length += 1) {
    const first = counted.slice(0, length);
    if (needs.some((need) => missingFor(first, need, who).length > 0)) continue;
    return { reachedAtMs: first.at(-1)?.addedMs ?? 0, missing };
  }
  return { missing: ['nobody has signed'] };
}

/** Whether it may be this person who asks: several people may share an account. */
export function isRequester(
  person: string,
  { user, approvers }: { readonly user: string; readonly approvers: Approvers },
): boolean {
  return approvers.people.get(person)?.accounts.includes(user) ?? false;
}

export function isKnownAccount(user: string, approvers: Approvers): boolean {
  return [...approvers.people.values()].some(({ accounts }) => accounts.includes(user));
}

/** Whether anybody asks for this person's word. */
export function isAsked({ groups }: Person, needs: readonly RuleNeed[]): boolean {
  return needs.some(
    ({ from }) => from.length === 0 || from.some((group) => groups.includes(group)),
  );
}

function distinct(signatures: readonly Signature[]): readonly Signature[] {
  const byPerson = new Map<string, Signature>();
  for (const signature of signatures) {
    if (!byPerson.has(signature.person)) byPerson.set(signature.person, signature);
  }
  return [...byPerson.values()];
}

function missingFor(
  signatures: readonly Signature[],
  need: RuleNeed,
  who: { readonly user: string; readonly approvers: Approvers },
): readonly string[] {
  const { from, count } = need;
  if (need.requester === 'known' && !isKnownAccount(who.user, who.approvers)) {
    return [`requester unknown: no approver's entry lists the account ${who.user}`];
  }
  const able = signatures.filter(
    ({ groups }) => from.length === 0 || from.some((group) => groups.includes(group)),
  );
  const groups = from.length === 0 ? '' : ` of ${from.join(' or ')}`;
  if (able.length < count) return [`${able.length} of ${count} approvals${groups}`];
  if (!need.onePerGroup) return [];
  const lacking = unmatched(from, able);
  return lacking.length === 0 ? [] : [`an approval of ${lacking.join(' and ')}`];
}

/** The groups that have no person of their own, each person standing for one group. */
function unmatched(groups: readonly string[], people: readonly Signature[]): readonly string[] {
  const taken = new Map<string, string>();
  const place = (group: string, tried: Set<string>): boolean => {
    for (const { person, groups: own } of people) {
      if (!own.includes(group) || tried.has(person)) continue;
      tried.add(person);
      const holder = taken.get(person);
      if (holder === undefined || place(holder, tried)) {
        taken.set(person, group);
        return true;
      }
    }
    return false;
  };
  return groups.filter((group) => !place(group, new Set()));
}
