import type { Judgement, Measure, ModelVersion } from '../../api/types';
import { measureWords, type MeasureWords } from '../../format/measure';
import { grouped, NOTHING, orNothing, shortDigest } from '../../format/numbers';
import { Link } from '../../router/link';
import { downloads, paths } from '../../router/paths';
import { CopyText } from '../copy/copy-text';
import { StateMark } from '../state/state-mark';
import type { StateWords } from '../state/states';
import type { Column, TableDeclaration } from '../table/column';
import { TimeAgo } from '../time/time-ago';
import { type Origins, parentOf } from './origin';
import { FileLink } from '../file/file-link';
import styles from './versions-table.module.css';

interface VersionsTableProps {
  readonly modelName: string;
  readonly measure: Measure;
  readonly versions: readonly ModelVersion[];
  readonly origins: Origins;
}

export function versionsTable(props: VersionsTableProps): TableDeclaration<ModelVersion> {
  const words = measureWords(props.measure);
  return {
    label: `Versions of ${props.modelName}`,
    rowKey: ({ id }) => id,
    columns: columnsOf(props, words),
  };
}

const columnsOf = (
  { modelName, versions, origins }: VersionsTableProps,
  words: MeasureWords,
): readonly Column<ModelVersion>[] => [
  { title: 'Version', cell: ({ number }) => `v${number}` },
  {
    title: 'Made by',
    cell: (version) => (
      <span className={styles.madeBy}>
        <MadeBy version={version} versions={versions} origins={origins} />
      </span>
    ),
  },
  {
    title: words.title,
    help: `${words.name} on the server's evaluation set; ${words.direction}`,
    align: 'right',
    cell: (version) => <Score version={version} words={words} />,
  },
  { title: 'Standing', cell: ({ publishedAt }) => <Standing isPublished={publishedAt !== null} /> },
  {
    title: 'Compared',
    help: `${words.name} of the published version before → of this one; ${words.direction}`,
    needs: 'wide',
    cell: ({ judgement }) => orNothing(judgement, (one) => comparisonWords(one, words)),
  },
  {
    title: 'SHA-256',
    needs: 'medium',
    cell: ({ fileDigest }) => (
      <CopyText value={fileDigest} shown={shortDigest(fileDigest)} what="SHA-256 of the file" />
    ),
  },
  { title: 'Made', align: 'right', needs: 'medium', cell: ({ createdAt }) => <TimeAgo at={createdAt} /> },
  {
    title: 'File',
    align: 'right',
    cell: ({ id, number }) => (
      <FileLink href={downloads.versionFile(id)} label={`Download ${modelName} v${number} as .tflite`}>
        .tflite
      </FileLink>
    ),
  },
];

function MadeBy({
  version,
  versions,
  origins,
}: { readonly version: ModelVersion } & Pick<VersionsTableProps, 'versions' | 'origins'>) {
  if (version.parentId === null) return 'uploaded file';
  const origin = origins.get(version.id);
  if (origin) {
    return (
      <Link to={paths.campaign(origin.campaignId)}>
        {origin.campaignName}, round {origin.round}
      </Link>
    );
  }
  const parent = parentOf(version, versions);
  return parent ? `training from v${parent.number}` : 'training';
}

interface MeasuredProps {
  readonly version: ModelVersion;
  readonly words: MeasureWords;
}

function Score({ version: { score, evaluatedItems }, words }: MeasuredProps) {
  if (score === null) return NOTHING;
  return <span title={`of ${grouped(evaluatedItems ?? 0)} items`}>{words.format(score)}</span>;
}

const PLACES: Readonly<Record<Judgement['on'], string>> = {
  evaluationSet: 'evaluation set',
  devices: 'on the devices',
};

/** What was decided by: `0.283 → 0.217, evaluation set`. */
const comparisonWords = ({ before, after, on }: Judgement, { format }: MeasureWords): string =>
  `${format(before)} → ${format(after)}, ${PLACES[on]}`;

const STANDINGS = {
  published: { tone: 'good', word: 'published', meaning: 'others start from it' },
  candidate: {
    tone: 'off',
    word: 'candidate',
    meaning: 'nothing starts from it but the campaign that made it',
  },
} satisfies Record<string, StateWords>;

const Standing = ({ isPublished }: { readonly isPublished: boolean }) => (
  <StateMark state={isPublished ? STANDINGS.published : STANDINGS.candidate} />
);
