import { join } from 'node:path';
import { workshop } from '#libs/firmware/toolchain';
import { repositoryRoot } from './repository';

/** The compilers of this machine, this repository's templates, and a folder that Git ignores for what was built. */
export const localWorkshop = workshop({
  templates: join(repositoryRoot, 'firmware-templates'),
  cache: join(repositoryRoot, '.fleetlearn', 'build'),
});
