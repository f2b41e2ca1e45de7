import { Injectable } from '@nestjs/common';

import type { Device as DeviceRow, Prisma } from '#prisma';

import { Database, type Reader, type Transaction } from '../database/database';
import type { Page, PageQuery } from '../http/paging';
import type { DeviceState } from './device-state';

export interface Device {
  readonly id: string;
  readonly fleetId: string;
  readonly tokenId: string;
  /** 16 hexadecimal digits, as is `nonce`. */
  readonly uid: string;
  readonly nonce: string;
  readonly secretHash: string;
  readonly label: string | null;
  readonly board: string;
  readonly core: string;
  readonly sramBytes: number;
  readonly flashBytes: number;
  readonly state: DeviceState;
  /** Why it is refused or failed: one line, for people. */
  readonly reason: string | null;
  readonly buildId: string | null;
  readonly enrolledAt: Date;
  readonly lastHello: LastHello | null;
}

/** What the device said of itself when it last came. */
export interface LastHello {
  readonly at: Date;
  readonly boots: number;
  readonly layout: number;
  readonly scheme: number;
  readonly parameterDigest: string | null;
}

export interface DeviceWithBuild extends Device {
  readonly build: { readonly id: string; readonly layout: number; readonly scheme: number } | null;
}

export type NewDevice = Omit<Device, 'state' | 'reason' | 'buildId' | 'lastHello'>;

export interface DeviceFilter extends PageQuery {
  readonly fleet?: string;
}

export interface Preparation {
  readonly state: DeviceState;
  readonly reason: string | null;
  readonly buildId: string | null;
}

@Injectable()
export class DevicesRepository {
  constructor(private readonly database: Database) {}

  async find(id: string, reader: Reader = this.database.reader): Promise<Device | undefined> {
    const row = await reader.device.findUnique({ where: { id } });
    return row ? fromRow(row) : undefined;
  }

  async findByUid(uid: string, reader: Reader = this.database.reader): Promise<Device | undefined> {
    const row = await reader.device.findUnique({ where: { uid } });
    return row ? fromRow(row) : undefined;
  }

  /** A device with what the wire needs to know of its program. */
  async findWithBuild(
    id: string,
    reader: Reader = this.database.reader,
  ): Promise<DeviceWithBuild | undefined> {
    const row = await reader.device.findUnique({ where: { id }, include: { build: true } });
    if (!row) return undefined;
    const { build, ...device } = row;
    const program = build && { id: build.id, layout: Number(build.layout), scheme: Number(build.scheme) };
    return { ...fromRow(device), build: program };
  }

  async page({ fleet, skip, take }: DeviceFilter): Promise<Page<Device>> {
    const where: Prisma.DeviceWhereInput = fleet ? { fleetId: fleet } : {};
    const [rows, total] = await Promise.all([
      this.database.reader.device.findMany({
        where,
        skip,
        take,
        orderBy: [{ enrolledAt: 'asc' }, { id: 'asc' }],
      }),
      this.database.reader.device.count({ where }),
    ]);
    return { items: rows.map(fromRow), total };
  }

  async findAll(ids: readonly string[]): Promise<readonly Device[]> {
    const rows = await this.database.reader.device.findMany({ where: { id: { in: [...ids] } } });
    return rows.map(fromRow);
  }

  async ofFleet(fleetId: string): Promise<readonly Device[]> {
    const orderBy = [{ enrolledAt: 'asc' }, { id: 'asc' }] as const;
    const rows = await this.database.reader.device.findMany({ where: { fleetId }, orderBy: [...orderBy] });
    return rows.map(fromRow);
  }

  /** The devices of a fleet that can work, in a fixed order. */
  async readyOf(fleetId: string, reader: Reader = this.database.reader): Promise<readonly Device[]> {
    const rows = await reader.device.findMany({ where: { fleetId, state: 'ready' }, orderBy: { id: 'asc' } });
    return rows.map(fromRow);
  }

  async add(transaction: Transaction, device: NewDevice): Promise<Device> {
    const { sramBytes, flashBytes, ...rest } = device;
    const data = { ...rest, sramBytes: BigInt(sramBytes), flashBytes: BigInt(flashBytes), state: 'enrolled' };
    return fromRow(await transaction.device.create({ data }));
  }

  async savePreparation(transaction: Transaction, id: string, preparation: Preparation): Promise<void> {
    await transaction.device.update({ where: { id }, data: { ...preparation } });
  }

  /** All devices of a fleet are to be prepared again; answers their ids. */
  async resetPreparation(transaction: Transaction, fleetId: string): Promise<readonly string[]> {
    const blank = { state: 'enrolled', reason: null, buildId: null };
    await transaction.device.updateMany({ where: { fleetId }, data: blank });
    const rows = await transaction.device.findMany({
      where: { fleetId },
      select: { id: true },
      orderBy: { id: 'asc' },
    });
    return rows.map(({ id }) => id);
  }

  async saveHello(transaction: Transaction, id: string, hello: LastHello): Promise<void> {
    const data = {
      lastSeenAt: hello.at,
      boots: BigInt(hello.boots),
      programLayout: BigInt(hello.layout),
      programScheme: BigInt(hello.scheme),
      parameterDigest: hello.parameterDigest,
    };
    await transaction.device.update({ where: { id }, data });
  }
}

function fromRow(row: DeviceRow): Device {
  const {
    sramBytes,
    flashBytes,
    state,
    lastSeenAt,
    boots,
    programLayout,
    programScheme,
    parameterDigest,
    ...rest
  } = row;
  const lastHello = lastSeenAt && {
    at: lastSeenAt,
    boots: Number(boots),
    layout: Number(programLayout),
    scheme: Number(programScheme),
    parameterDigest,
  };
  const numbers = { sramBytes: Number(sramBytes), flashBytes: Number(flashBytes) };
  return { ...rest, ...numbers, state: state as DeviceState, lastHello };
}
