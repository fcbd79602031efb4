// Rules by what their globs spell out of a name: all of it, its beginning, its end, or something
// within. Finds every rule whose glob may match a name without trying them all. Case is ignored
// here: match.ts has the last word. And rules by networks, found the same way.
import type { CompiledRule } from './compiled-rule.js';
import { foldName, type Glob } from './glob.js';
import { type Network, parseIp } from './network.js';

export type Offer = (rules: readonly CompiledRule[] | undefined) => void;

type ByText = Map<string, CompiledRule[]>;

interface Key {
  readonly part: 'whole' | 'beginning' | 'end' | 'within';
  readonly text: string;
}

export class NameIndex {
  readonly #whole: ByText = new Map();
  readonly #beginning: ByText = new Map();
  readonly #end: ByText = new Map();
  readonly #within: ByText = new Map();
  /** How long the texts are that are filed under what a name has within. */
  readonly #lengths = new Set<number>();

  /** False, and nothing is filed, when one of the globs spells nothing out. */
  file(globs: readonly Glob[] | undefined, rule: CompiledRule): boolean {
    const keys = globs?.map(keyOf);
    if (keys?.every((key) => key !== undefined) !== true) return false;
    for (const { part, text } of keys) {
      fileUnder(this.#mapOf(part), text, rule);
      if (part === 'within') this.#lengths.add(text.length);
    }
    return true;
  }

  /** Undefined: the names are not known, and may be any. */
  offer(names: readonly string[] | undefined, offer: Offer): void {
    if (names === undefined) {
      for (const part of [this.#whole, this.#beginning, this.#end, this.#within]) {
        for (const filed of part.values()) offer(filed);
      }
      return;
    }
    for (const name of new Set(names.map(foldName))) this.#offerOne(name, offer);
  }

  #offerOne(name: string, offer: Offer): void {
    offer(this.#whole.get(name));
    if (this.#beginning.size > 0) {
      for (let end = 1; end <= name.length; end += 1)
        offer(this.#beginning.get(name.slice(0, end)));
    }
    if (this.#end.size > 0) {
      for (let at = 0; at < name.length; at += 1) offer(this.#end.get(name.slice(at)));
    }
    for (const length of this.#lengths) {
      for (let at = 0; at + length <= name.length; at += 1) {
        offer(this.#within.get(name.slice(at, at + length)));
      }
    }
  }

  #mapOf(part: Key['part']): ByText {
    switch (part) {
      case 'whole':
        return this.#whole;
      case 'beginning':
        return this.#beginning;
      case 'end':
        return this.#end;
      case 'within':
        return this.#within;
      default:
        return part satisfies never;
    }
  }
}

/** Undefined for a glob of wildcards only. */
function keyOf({ folded, isLiteral }: Glob): Key | undefined {
  if (isLiteral) return { part: 'whole', text: folded };
  const runs = folded.split(/[*?]/);
  const [beginning = '', end = ''] = [runs[0], runs.at(-1)];
  if (beginning !== '') return { part: 'beginning', text: beginning };
  if (end !== '') return { part: 'end', text: end };
  const longest = runs.toSorted((a, b) => b.length - a.length)[0] ?? '';
  return longest === '' ? undefined : { part: 'within', text: longest };
}

/** Rules by the networks that a client may come from. */
export class NetworkIndex {
  readonly #networks: ByText = new Map();
  readonly #sizes = new Map<string, Pick<Network, 'width' | 'prefix'>>();

  file(networks: readonly Network[] | undefined, rule: CompiledRule): boolean {
    if (networks === undefined) return false;
    for (const { bits, width, prefix } of networks) {
      this.#sizes.set(`${width}/${prefix}`, { width, prefix });
      fileUnder(this.#networks, networkKey(bits, { width, prefix }), rule);
    }
    return true;
  }

  /** A client on a Unix socket is in no network; one whose address cannot be read may be in any. */
  offer(address: string, offer: Offer): void {
    if (this.#networks.size === 0 || address === '') return;
    const ip = parseIp(address);
    if (ip === undefined) {
      for (const filed of this.#networks.values()) offer(filed);
      return;
    }
    for (const size of this.#sizes.values()) {
      if (size.width === ip.width) offer(this.#networks.get(networkKey(ip.bits, size)));
    }
  }
}

function networkKey(bits: bigint, { width, prefix }: Pick<Network, 'width' | 'prefix'>): string {
  return `${width}/${prefix}/${bits >> BigInt(width - prefix)}`;
}

function fileUnder(drawer: ByText, text: string, rule: CompiledRule): void {
  const rules = drawer.get(text);
  if (rules === undefined) drawer.set(text, [rule]);
  else if (rules.at(-1) !== rule) rules.push(rule);
}
