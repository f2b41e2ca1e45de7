import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';

import { TelemetryPageDto, TelemetryQuery } from './telemetry.dto';
import { TelemetryRepository } from './telemetry.repository';

@ApiTags('telemetry')
@Controller('telemetry')
export class TelemetryController {
  constructor(private readonly rows: TelemetryRepository) {}

  /** Oldest first. */
  @Get()
  @ApiOkResponse({ type: TelemetryPageDto })
  list(@Query() query: TelemetryQuery): Promise<TelemetryPageDto> {
    return this.rows.page(query);
  }
}
