import type { ReactNode } from 'react';

import { CampaignsPage } from './pages/campaigns/campaigns-page';
import { CampaignPage } from './pages/campaigns/[id]/campaign-page';
import { DevicesPage } from './pages/devices/devices-page';
import { DevicePage } from './pages/devices/[id]/device-page';
import { EventsPage } from './pages/events/events-page';
import { ModelsPage } from './pages/models/models-page';
import { NewModelPage } from './pages/models/new/new-model-page';
import { ModelPage } from './pages/models/[id]/model-page';
import { OverviewPage } from './pages/overview/overview-page';

interface Route {
  readonly pattern: string;
  readonly show: (id: string) => ReactNode;
}

/** Every screen by its address; the folders under pages/ are the same. */
export const routes: readonly Route[] = [
  { pattern: '/', show: () => <OverviewPage /> },
  { pattern: '/devices', show: () => <DevicesPage /> },
  { pattern: '/devices/:id', show: (id) => <DevicePage id={id} /> },
  { pattern: '/campaigns', show: () => <CampaignsPage /> },
  { pattern: '/campaigns/:id', show: (id) => <CampaignPage id={id} /> },
  { pattern: '/models', show: () => <ModelsPage /> },
  { pattern: '/models/new', show: () => <NewModelPage /> },
  { pattern: '/models/:id', show: (id) => <ModelPage id={id} /> },
  { pattern: '/events', show: () => <EventsPage /> },
];
