import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';

import { CampaignReader } from './campaign-reader';
import { campaignDetailsView, campaignView } from './campaign-views';
import { CampaignDetailsDto, CampaignDto, CreateCampaignDto, ReportRowDto } from './campaigns.dto';
import { CampaignsService } from './campaigns.service';
import { ReportsService } from './reports.service';

@ApiTags('campaigns')
@Controller('campaigns')
export class CampaignsController {
  constructor(
    private readonly campaigns: CampaignsService,
    private readonly reader: CampaignReader,
    private readonly reports: ReportsService,
  ) {}

  /** Newest first. */
  @Get()
  @ApiOkResponse({ type: [CampaignDto] })
  async list(): Promise<CampaignDto[]> {
    return (await this.reader.list()).map(campaignView);
  }

  @Get(':id')
  @ApiOkResponse({ type: CampaignDetailsDto })
  async find(@Param('id') id: string): Promise<CampaignDetailsDto> {
    return campaignDetailsView(await this.reader.details(id));
  }

  @Get(':id/report')
  @ApiOkResponse({ type: [ReportRowDto] })
  report(@Param('id') id: string): Promise<ReportRowDto[]> {
    return this.reports.report(id);
  }

  @Post()
  @ApiBearerAuth()
  @ApiCreatedResponse({ type: CampaignDetailsDto })
  async create(@Body() { fleetId, ...settings }: CreateCampaignDto): Promise<CampaignDetailsDto> {
    return campaignDetailsView(await this.campaigns.create(fleetId, settings));
  }

  @Post(':id/start')
  @HttpCode(200)
  @ApiBearerAuth()
  @ApiOkResponse({ type: CampaignDetailsDto })
  async start(@Param('id') id: string): Promise<CampaignDetailsDto> {
    return campaignDetailsView(await this.campaigns.start(id));
  }

  @Post(':id/abort')
  @HttpCode(200)
  @ApiBearerAuth()
  @ApiOkResponse({ type: CampaignDetailsDto })
  async abort(@Param('id') id: string): Promise<CampaignDetailsDto> {
    return campaignDetailsView(await this.campaigns.abort(id));
  }
}
