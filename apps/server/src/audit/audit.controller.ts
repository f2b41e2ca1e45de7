import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';

import { AuditPageDto, AuditQuery } from './audit.dto';
import { AuditRepository } from './audit.repository';

@ApiTags('events')
@Controller('events')
export class AuditController {
  constructor(private readonly events: AuditRepository) {}

  @Get()
  @ApiOkResponse({ type: AuditPageDto })
  list(@Query() query: AuditQuery): Promise<AuditPageDto> {
    return this.events.page(query);
  }
}
