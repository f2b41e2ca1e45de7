import type { RoundPurpose } from './campaign';
import type { WorkPhase } from './execution';

/** What happens to a campaign. Device events concern the device's execution in the round `round`. */
export type CampaignEvent =
  | { readonly kind: 'started'; readonly devices: readonly string[] }
  | { readonly kind: 'offered'; readonly device: string; readonly round: number }
  | {
      readonly kind: 'progressed';
      readonly device: string;
      readonly round: number;
      readonly phase: WorkPhase;
    }
  /** Training: the delta is checked and kept. Evaluation: the result is kept. */
  | { readonly kind: 'stored'; readonly device: string; readonly round: number }
  | {
      readonly kind: 'executionFailed';
      readonly device: string;
      readonly round: number;
      readonly code: number;
    }
  | { readonly kind: 'deviceRetired'; readonly device: string }
  | { readonly kind: 'aggregated'; readonly round: number }
  | { readonly kind: 'aggregationFailed'; readonly round: number; readonly reason: string }
  | { readonly kind: 'aborted'; readonly reason: string }
  | { readonly kind: 'ticked' };

export type CampaignEventKind = CampaignEvent['kind'];

/** What the caller has to do once the new state is kept. Each may be done twice without harm. */
export type CampaignEffect =
  | {
      readonly kind: 'openRound';
      readonly round: number;
      readonly purpose: RoundPurpose;
      readonly devices: readonly string[];
      readonly deadlineAt: number;
    }
  | { readonly kind: 'aggregate'; readonly round: number; readonly devices: readonly string[] }
  /** Tell devices that still work on the round to stop. */
  | { readonly kind: 'withdraw'; readonly round: number; readonly devices: readonly string[] }
  | { readonly kind: 'finished' };
