import { type Graph, layersOf } from '#libs/model/ir';
import { trainabilityFault } from '#libs/model/passes';
import type { SchemeFault } from '#libs/model/scheme';

/** How far back from its end a model can be trained on a device. */
export interface Trainability {
  readonly head: boolean;
  /** Layers before the head, the last ones, that can be trained too. */
  readonly layersBeforeHead: number;
  /** What stands in the way of more; absent where every layer can be trained. */
  readonly obstacle?: string;
}

/**
 * The most layers that can be trained, found by halving: what stops the training of some layers stops that of more. (A file may have
 * thousands.)
 */
export function trainabilityOf(inference: Graph): Trainability {
  const faultOf = (biasLayers: number): SchemeFault | undefined =>
    trainabilityFault(inference, { name: `last ${biasLayers}`, biasLayers, weightLayers: [] });
  const ofHead = faultOf(0);
  if (ofHead) return { head: false, layersBeforeHead: 0, obstacle: ofHead.message };
  let [trained, tooMany] = [0, layersOf(inference).length];
  let obstacle: string | undefined;
  while (tooMany - trained > 1) {
    const middle = Math.floor((trained + tooMany) / 2);
    const fault = faultOf(middle);
    if (fault) [tooMany, obstacle] = [middle, fault.message];
    else trained = middle;
  }
  return { head: true, layersBeforeHead: trained, ...(obstacle !== undefined && { obstacle }) };
}
