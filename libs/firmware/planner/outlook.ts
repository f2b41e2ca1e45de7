/**
 * What plans of a graph would take, for those who ask about many graphs and then plan one: no more is placed than the answer needs, and
 * nothing is verified but the plan that is taken.
 */
import { at } from '#libs/base/result';
import type { Graph } from '#libs/model/ir';
import { aligned, type Plan } from './plan';
import { type PlanRequest } from './plan-memory';
import { verified } from './plan-schedule';
import { type Cuttable, cuttable } from './plan-streams';
import { bytesOf, distinct, type Partition, quickPartitions, smallPartitions } from './segments';

const AT_ONCE = { tries: 0, looks: 0 } as const;
/** So many partitions are placed before a budget counts as too small, and one with few calls. */
const MOST_SMALL = 6;

export class Outlook {
  /** Less no plan takes, if that is more than `aboveBytes`. */
  readonly boundBytes: number;
  private readonly cut: Cuttable;
  private readonly small: readonly Partition[];
  private atOnce: number | undefined;

  /** @param aboveBytes the least budget that will be asked about: what needs no more than that when it runs whole does */
  constructor(
    private readonly graph: Graph,
    { reduceByRows = false, known }: Pick<PlanRequest, 'reduceByRows' | 'known'>,
    aboveBytes: number,
  ) {
    const alone = { inputsInArena: false, inputRows: false, kernels: 'plain' } as const;
    this.cut = cuttable(graph, { ...alone, reduceByRows, ...(known && { known }) }, aboveBytes);
    this.small = smallPartitions(this.cut.pieces);
    this.boundBytes = this.boundOf(at(this.small, 0));
  }

  private readonly boundOf = (partition: Partition): number => this.cut.floor + aligned(bytesOf(partition));

  /** Of the plan that is found at once. */
  peakAtOnce(): number {
    this.atOnce ??= this.cut.planFor(at(this.small, 0), AT_ONCE).peakBytes;
    return this.atOnce;
  }

  /** The first peak found that is within the budget; with all effort, if need be. Where none is, the least. */
  peakWithin(budgetBytes: number): number {
    if (this.boundBytes > budgetBytes) return this.boundBytes;
    const atOnce = this.peakAtOnce();
    return atOnce <= budgetBytes ? atOnce : Math.min(atOnce, this.tried(budgetBytes)?.peakBytes ?? Infinity);
  }

  /** The plan of that peak: verified. */
  planWithin(budgetBytes: number): Plan {
    const first = at(this.small, 0);
    const isEasy = this.peakAtOnce() <= budgetBytes || this.boundBytes > budgetBytes;
    const plan = isEasy ? undefined : this.tried(budgetBytes);
    const isBetter = plan !== undefined && plan.peakBytes < this.peakAtOnce();
    return verified(this.graph, isBetter ? plan : this.cut.planFor(first, AT_ONCE));
  }

  /** Undefined: by its bound, none can fit. */
  private tried(budgetBytes: number): Plan | undefined {
    const { pieces, floor } = this.cut;
    const partitions = distinct([
      ...this.small.slice(0, MOST_SMALL),
      ...quickPartitions(pieces, budgetBytes - floor, 1),
    ]);
    let best: Plan | undefined;
    for (const partition of partitions.filter((each) => this.boundOf(each) <= budgetBytes)) {
      if (best && best.peakBytes <= budgetBytes) break;
      const plan = this.cut.planFor(partition, { enoughBytes: budgetBytes });
      if (!best || plan.peakBytes < best.peakBytes) best = plan;
    }
    return best;
  }
}
