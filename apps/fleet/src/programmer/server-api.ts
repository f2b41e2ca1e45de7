import type { Engine } from '../devices/device';

/** A device as the server lists it, as far as the programmer cares. */
export interface ListedDevice {
  readonly id: string;
  /** 16 hexadecimal digits. */
  readonly uid: string;
  readonly state: string;
  readonly reason: string | undefined;
  /** Names the program that was built for it. */
  readonly buildId: string | undefined;
}

const PAGE = 500;
const FORMAT: Readonly<Record<Engine, 'wasm' | 'elf'>> = { wasm: 'wasm', qemu: 'elf' };

/** The three requests that the programmer makes. */
export class ServerApi {
  constructor(
    private readonly base: string,
    private readonly adminToken: string,
  ) {}

  async devices(): Promise<readonly ListedDevice[]> {
    const all: ListedDevice[] = [];
    for (;;) {
      const page = await this.page(all.length);
      all.push(...page.items);
      if (page.items.length === 0 || all.length >= page.total) return all;
    }
  }

  private async page(
    skip: number,
  ): Promise<{ readonly items: readonly ListedDevice[]; readonly total: number }> {
    const response = await this.get(`/api/devices?skip=${skip}&take=${PAGE}`);
    const { items, total } = (await response.json()) as { items: readonly ServerDevice[]; total: number };
    return { items: items.map(listed), total };
  }

  /** The program that was built for this device. */
  image(deviceId: string, engine: Engine): Promise<Uint8Array> {
    return this.bytes(`/api/devices/${encodeURIComponent(deviceId)}/image?format=${FORMAT[engine]}`);
  }

  /** The program without a model. */
  enrolImage(board: string, engine: Engine): Promise<Uint8Array> {
    return this.bytes(`/api/images/enrol?board=${encodeURIComponent(board)}&format=${FORMAT[engine]}`);
  }

  private async bytes(path: string): Promise<Uint8Array> {
    return new Uint8Array(await (await this.get(path)).arrayBuffer());
  }

  private async get(path: string): Promise<Response> {
    const response = await fetch(this.base + path, {
      headers: { authorization: `Bearer ${this.adminToken}` },
    });
    if (response.ok) return response;
    throw new Error(`GET ${path}: ${response.status} ${(await response.text()).slice(0, 300)}`);
  }
}

/** As in the server's DTO; it is our own server, so its answers are believed. */
interface ServerDevice {
  readonly id: string;
  readonly uid: string;
  readonly state: string;
  readonly reason: string | null;
  readonly build: { readonly id: string } | null;
}

const listed = ({ id, uid, state, reason, build }: ServerDevice): ListedDevice => ({
  id,
  uid,
  state,
  reason: reason ?? undefined,
  buildId: build?.id,
});
