import { Module } from '@nestjs/common';

import { DevicesRepository } from './devices.repository';

/** Rows of devices; the API over them is in device-api.module.ts, because it needs what itself needs these rows. */
@Module({ providers: [DevicesRepository], exports: [DevicesRepository] })
export class DevicesModule {}
