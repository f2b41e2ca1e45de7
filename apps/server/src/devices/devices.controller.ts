import { Controller, Get, Param, Query, type StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';

import { NeedsAdmin } from '../http/admin-auth';
import { download } from '../http/send-file';
import { DeviceDto, DevicesPageDto, DevicesQuery, ImageQuery } from './devices.dto';
import { DevicesService } from './devices.service';

@ApiTags('devices')
@Controller('devices')
export class DevicesController {
  constructor(private readonly devices: DevicesService) {}

  @Get()
  @ApiOkResponse({ type: DevicesPageDto })
  list(@Query() query: DevicesQuery): Promise<DevicesPageDto> {
    return this.devices.page(query);
  }

  @Get(':id')
  @ApiOkResponse({ type: DeviceDto })
  find(@Param('id') id: string): Promise<DeviceDto> {
    return this.devices.find(id);
  }

  @NeedsAdmin()
  @Get(':id/image')
  async image(@Param('id') id: string, @Query() { format }: ImageQuery): Promise<StreamableFile> {
    return download(await this.devices.image(id, format), `${id}.${format}`);
  }

  @Get(':id/memory-map')
  memoryMap(@Param('id') id: string): Promise<unknown> {
    return this.devices.memoryMap(id);
  }
}
