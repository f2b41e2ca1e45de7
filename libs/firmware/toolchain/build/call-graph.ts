/**
 * A bound on the stack, from the compiler's own call graphs (-fcallgraph-info=su). Each object brings a text like
 *   node: { title: "main" label: "main\narm.c:31:5\n16 bytes (static)" }
 *   edge: { sourcename: "main" targetname: "fl_harness_run" label: "arm.c:32:3" }
 * where functions that are only declared have no size and calls through pointers go to "__indirect_call".
 */

export interface CallGraph {
  /** Bytes of stack of one call, by function. */
  readonly frames: ReadonlyMap<string, number>;
  readonly calls: ReadonlyMap<string, ReadonlySet<string>>;
  /** Functions whose frame has no fixed size. */
  readonly dynamic: ReadonlySet<string>;
}

const NODE = /node: \{ title: "([^"]+)" label: "([^"]*)"/g;
const EDGE = /edge: \{ sourcename: "([^"]+)" targetname: "([^"]+)"/g;
const SIZE = /(\d+) bytes \(([^)]+)\)/;

const shortName = (title: string): string => title.replace(/^.*:/, '');

/** Where calls through pointers lead, in gcc's words. */
const INDIRECT = '__indirect_call';

/**
 * Joins the graphs of all objects of a program.
 * @param calledIndirectly names of all functions that are called through pointers
 */
export function readCallGraph(texts: readonly string[], calledIndirectly: readonly string[] = []): CallGraph {
  const frames = new Map<string, number>();
  const dynamic = new Set<string>();
  const calls = new Map<string, Set<string>>();
  for (const text of texts) {
    for (const [, title = '', label = ''] of text.matchAll(NODE)) {
      const [, bytes, kind] = SIZE.exec(label) ?? [];
      if (bytes === undefined) continue;
      frames.set(title, Number(bytes));
      if (kind !== 'static') dynamic.add(title);
    }
    for (const [, from = '', to = ''] of text.matchAll(EDGE)) {
      const targets = calls.get(from) ?? new Set();
      calls.set(from, targets.add(to));
    }
  }
  if (calledIndirectly.length > 0) {
    frames.set(INDIRECT, 0);
    calls.set(
      INDIRECT,
      new Set([...frames.keys()].filter((title) => calledIndirectly.includes(shortName(title)))),
    );
  }
  return { frames, calls, dynamic };
}

/** The deepest stack from an entry on, and what makes it uncertain (empty: the bound is proved). */
export interface StackBound {
  readonly bytes: number;
  /** The chain of calls that needs most. */
  readonly path: readonly string[];
  readonly doubts: readonly string[];
}

/**
 * Helpers of the compiler's own library (division, 64-bit products, leading zeros on cores without an instruction for it):
 * no call graph, but known to call at most each other, with little stack.
 */
const LIBRARY = /^__(aeabi_|clz[sd]i2$)/;
const LIBRARY_FRAME_BYTES = 64;

type Depth = Omit<StackBound, 'doubts'>;

const deepestOf = (depths: readonly Depth[]): Depth =>
  depths.reduce((a, b) => (b.bytes > a.bytes ? b : a), { bytes: 0, path: [] });

class Walker {
  readonly doubts = new Set<string>();
  private readonly known = new Map<string, Depth>();
  private readonly open = new Set<string>();
  constructor(private readonly graph: CallGraph) {}

  deepest(title: string): Depth {
    const known = this.known.get(title);
    if (known) return known;
    if (this.open.has(title)) {
      this.doubts.add(`${shortName(title)} calls itself`);
      return { bytes: 0, path: [] };
    }
    this.open.add(title);
    const below = [...(this.graph.calls.get(title) ?? [])].map((callee) => this.deepest(callee));
    this.open.delete(title);
    const worst = deepestOf(below);
    const result = { bytes: this.frameOf(title) + worst.bytes, path: [shortName(title), ...worst.path] };
    this.known.set(title, result);
    return result;
  }

  private frameOf(title: string): number {
    const frame = this.graph.frames.get(title);
    if (this.graph.dynamic.has(title)) this.doubts.add(`${shortName(title)} has no fixed frame`);
    if (frame !== undefined) return frame;
    if (!LIBRARY.test(title)) this.doubts.add(`${shortName(title)} has no known frame`);
    return LIBRARY_FRAME_BYTES;
  }
}

/** The stack that `entry` may need, with the deepest of the interrupt handlers on top. */
export function stackBound(graph: CallGraph, entry: string, interrupts: readonly string[] = []): StackBound {
  const walker = new Walker(graph);
  const main = walker.deepest(entry);
  const handler = deepestOf(interrupts.map((name) => walker.deepest(name)));
  return {
    bytes: main.bytes + handler.bytes,
    path: [...main.path, ...handler.path],
    doubts: [...walker.doubts].sort(),
  };
}
