import type { CampaignDetails, ModelVersion } from '../../api/types';

/** The round that made a version. */
export interface Origin {
  readonly campaignId: string;
  readonly campaignName: string;
  readonly round: number;
}

export type Origins = ReadonlyMap<string, Origin>;

/** Which round made which version, by the version's id. */
export const originsOf = (campaigns: readonly CampaignDetails[]): Origins =>
  new Map(
    campaigns.flatMap(({ id, name, roundDetails }) =>
      roundDetails.flatMap(({ number, result }) =>
        result ? [[result.id, { campaignId: id, campaignName: name, round: number }] as const] : [],
      ),
    ),
  );

/** The version that another one was trained from. */
export const parentOf = (
  version: ModelVersion,
  versions: readonly ModelVersion[],
): ModelVersion | undefined => versions.find(({ id }) => id === version.parentId);
