import type { Campaign, Fleet } from '../../api/types';
import { currentCampaign, currentFleet } from './choose';

const campaign = (id: string, state: Campaign['state'], fleetId = 'f-1'): Campaign =>
  ({
    id,
    state,
    fleetId,
    startedAt: state === 'draft' ? null : '2026-01-01T00:00:00Z',
  }) as unknown as Campaign;
const fleets = ['f-1', 'f-2', 'f-3'].map((id) => ({ id }) as unknown as Fleet);

it('shows the campaign under way, else the newest that was started, else a draft', () => {
  const [draft, done, running] = [
    campaign('c-3', 'draft'),
    campaign('c-2', 'failed'),
    campaign('c-1', 'running'),
  ];
  expect(currentCampaign([draft, done, running], 'f-1')).toBe(running);
  expect(currentCampaign([draft, done], 'f-1')).toBe(done);
  expect(currentCampaign([draft], 'f-1')).toBe(draft);
  expect(currentCampaign([draft], 'f-2')).toBeUndefined();
});

it('shows the fleet that is asked for, else the busy one, else the first', () => {
  const busy = [campaign('c-1', 'evaluating', 'f-2')];
  expect(currentFleet(fleets, busy, 'f-3')?.id).toBe('f-3');
  expect(currentFleet(fleets, busy, 'gone')?.id).toBe('f-2');
  expect(currentFleet(fleets, [], null)?.id).toBe('f-1');
  expect(currentFleet([], [], null)).toBeUndefined();
});
