import type { ModelVersion } from '../../api/types';
import { grouped, NOTHING, percent, shortDigest } from '../../format/numbers';
import { Link } from '../../router/link';
import { downloads, paths } from '../../router/paths';
import { CopyText } from '../copy/copy-text';
import type { TableDeclaration } from '../table/column';
import { TimeAgo } from '../time/time-ago';
import { type Origins, parentOf } from './origin';
import { FileLink } from '../file/file-link';

interface VersionsTableProps {
  readonly modelName: string;
  readonly versions: readonly ModelVersion[];
  readonly origins: Origins;
}

export const versionsTable = ({
  modelName,
  versions,
  origins,
}: VersionsTableProps): TableDeclaration<ModelVersion> => ({
  label: `Versions of ${modelName}`,
  rowKey: ({ id }) => id,
  columns: [
    { title: 'Version', cell: ({ number }) => `v${number}` },
    {
      title: 'Made by',
      cell: (version) => <MadeBy version={version} versions={versions} origins={origins} />,
    },
    {
      title: 'Accuracy %',
      help: "on the server's evaluation set",
      align: 'right',
      cell: (version) => <Accuracy version={version} />,
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
  ],
});

function MadeBy({
  version,
  versions,
  origins,
}: { readonly version: ModelVersion } & Omit<VersionsTableProps, 'modelName'>) {
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

function Accuracy({ version: { accuracy, evaluatedItems } }: { readonly version: ModelVersion }) {
  if (accuracy === null) return NOTHING;
  return <span title={`of ${grouped(evaluatedItems ?? 0)} items`}>{percent(accuracy)}</span>;
}
