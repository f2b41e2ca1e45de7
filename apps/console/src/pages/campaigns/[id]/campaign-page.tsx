import { ScorePanel } from '../../../components/campaign/score-panel';
import { Columns } from '../../../components/detail/columns';
import { isMissing, MissingPage } from '../../../components/shell/missing-page';
import { PageHead } from '../../../components/shell/page-head';
import { StateMark } from '../../../components/state/state-mark';
import { CAMPAIGN_STATES, wordsOf } from '../../../components/state/states';
import { useCampaignQuery } from '../../../queries/use-campaign-query';
import { useReportQuery } from '../../../queries/use-report-query';
import { paths } from '../../../router/paths';
import { ExecutionsPanel } from './executions-panel';
import { ProgressPanel } from './progress-panel';
import { ReportPanel } from './report-panel';
import { SettingsPanel } from './settings-panel';

const PARENT = { title: 'Campaigns', to: paths.campaigns() };

/** Devices drawn; the report below has all. */
const DRAWN = 24;

/** One campaign: how far it is, what it brought, and what each device did in each round. */
export function CampaignPage({ id }: { readonly id: string }) {
  const campaign = useCampaignQuery(id);
  const report = useReportQuery(id);
  const { data } = campaign;
  if (isMissing(campaign)) return <MissingPage what="campaign" id={id} parent={PARENT} />;
  return (
    <>
      <PageHead title={data?.name ?? id} parent={PARENT}>
        {data && <StateMark state={wordsOf(CAMPAIGN_STATES, data.state)} />}
        {data?.reason}
      </PageHead>
      <Columns first={5}>
        <ProgressPanel query={campaign} />
        <ScorePanel query={report} measure={data?.measure} limit={DRAWN} />
      </Columns>
      <ExecutionsPanel query={campaign} report={report.data ?? []} />
      <ReportPanel query={report} campaignId={id} measure={data?.measure} />
      <SettingsPanel query={campaign} />
    </>
  );
}
