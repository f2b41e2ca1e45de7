import { Body, Controller, Get, Param, Post, Put } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';

import { AssignModelDto, CreateFleetDto, CreateTokenDto, FleetDto, TokenDto } from './fleets.dto';
import { FleetsService } from './fleets.service';

@ApiTags('fleets')
@Controller('fleets')
export class FleetsController {
  constructor(private readonly fleets: FleetsService) {}

  @Get()
  @ApiOkResponse({ type: [FleetDto] })
  list(): Promise<readonly FleetDto[]> {
    return this.fleets.list();
  }

  @Get(':id')
  @ApiOkResponse({ type: FleetDto })
  find(@Param('id') id: string): Promise<FleetDto> {
    return this.fleets.find(id);
  }

  @Post()
  @ApiBearerAuth()
  @ApiCreatedResponse({ type: FleetDto })
  create(@Body() { name }: CreateFleetDto): Promise<FleetDto> {
    return this.fleets.create(name);
  }

  @Put(':id/model')
  @ApiBearerAuth()
  @ApiOkResponse({ type: FleetDto })
  assignModel(@Param('id') id: string, @Body() { modelId }: AssignModelDto): Promise<FleetDto> {
    return this.fleets.assignModel(id, modelId);
  }

  @Post(':id/enrolment-tokens')
  @ApiBearerAuth()
  @ApiCreatedResponse({ type: TokenDto })
  createToken(@Param('id') id: string, @Body() wanted: CreateTokenDto): Promise<TokenDto> {
    return this.fleets.createToken(id, wanted);
  }
}
