import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiProperty, ApiTags } from '@nestjs/swagger';

import { Database } from '../database/database';

class HealthDto {
  @ApiProperty({ example: 'ok' }) readonly status!: string;
}

@ApiTags('health')
@Controller('health')
export class HealthController {
  constructor(private readonly database: Database) {}

  /** Well if the database answers. */
  @Get()
  @ApiOkResponse({ type: HealthDto })
  async check(): Promise<HealthDto> {
    await this.database.reader.$queryRawUnsafe('SELECT 1');
    return { status: 'ok' };
  }
}
